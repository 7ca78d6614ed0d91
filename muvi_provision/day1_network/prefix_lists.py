"""Lists of addresses that AWS keeps, for use in rules."""

from __future__ import annotations

from muvi_provision.aws.clients import Aws
from muvi_provision.day1_network.tagged import live_of
from muvi_provision.resource import Live, Resource


class PrefixList(Resource, lookup=True, actions={"ec2:DescribeManagedPrefixLists"}, card="security-groups"):
    """A list that AWS keeps up to date under ``list_name``; every region has its own copy. Found, never made."""

    list_name: str

    def find(self, aws: Aws, known_id: str | None) -> Live | None:  # noqa: ARG002
        named = [{"Name": "prefix-list-name", "Values": [self.list_name]}]
        found = aws.listing("ec2", "describe_managed_prefix_lists", "PrefixLists", Filters=named)
        return live_of(found[0], "PrefixListId") if found else None
