"""What is not seen at once after it was made: one table, a row a kind."""

from __future__ import annotations

from muvi_provision.sandbox.late import network, services
from muvi_provision.sandbox.late.things import Blind, Late

__all__ = ["LISTED", "THINGS", "Blind", "Late"]

THINGS = (*network.THINGS, *services.THINGS)

LISTED = {
    "s3:ListBuckets": ("bucket", "Name"),
    "secretsmanager:ListSecrets": ("secret", "ARN"),  # aws-reality 1.3
    "route53:ListHostedZones": ("hosted_zone", "Id"),
    "route53:ListHostedZonesByName": ("hosted_zone", "Id"),
    "elasticache:DescribeReplicationGroups": ("replication_group", "ARN"),
}
"""Which listings leave out what is too new, and which member names an item; beside EC2's and the load balancers'."""
