"""Tags that RDS, ElastiCache and the Parameter Store tell of one object at a time: from the index, or asked for.

They change only when we write, so a poll of an object's state need not ask for them again.
"""

from __future__ import annotations

from collections.abc import Mapping

from muvi_provision.aws import tags
from muvi_provision.aws.clients import Aws
from muvi_provision.aws.tag_index import tags_of


def of_database(aws: Aws, arn: str, address: str) -> Mapping[str, str]:
    """Of a subnet group, a parameter group or a proxy of RDS. Raises ClientError when it is gone."""
    ask = lambda: tags.read(_kept(aws).read("rds", "list_tags_for_resource", ResourceName=arn)["TagList"])  # noqa: E731
    return tags_of(aws, arn, address, ask)


def of_cache(aws: Aws, arn: str, address: str) -> Mapping[str, str]:
    """Of anything of ElastiCache. Raises ClientError when it is gone."""
    ask = lambda: tags.read(_kept(aws).read("elasticache", "list_tags_for_resource", ResourceName=arn)["TagList"])  # noqa: E731
    return tags_of(aws, arn, address, ask)


def of_parameter(aws: Aws, arn: str, name: str, address: str) -> Mapping[str, str]:
    """Of a parameter, which its service knows by name. Raises ClientError when it is gone."""
    asked = {"ResourceType": "Parameter", "ResourceId": name}
    ask = lambda: tags.read(_kept(aws).read("ssm", "list_tags_for_resource", **asked)["TagList"])  # noqa: E731
    return tags_of(aws, arn, address, ask)


def _kept(aws: Aws) -> Aws:
    return aws.seen_from(aws.written)
