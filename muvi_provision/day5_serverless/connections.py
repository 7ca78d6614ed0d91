"""Connections to where source code is kept (GitHub, GitLab, Bitbucket), and whether a person has said yes to them.

Facts: aws-reality 7.9 and 2.1. A connection is made PENDING, and only in the console can it be opened.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any, Literal

from muvi_provision.aws import tags
from muvi_provision.aws.clients import Aws
from muvi_provision.day1_network.tagged import unless_gone
from muvi_provision.engine.stack import Instructions, Question, Values
from muvi_provision.resource import Handle, Live, Resource

OPEN = "AVAILABLE"


class Connection(
    Resource,
    outputs={"arn"},
    name_limit=32,
    actions={
        "codeconnections:CreateConnection", "codeconnections:DeleteConnection", "codeconnections:ListConnections",
        "codeconnections:ListTagsForResource", "codeconnections:TagResource",
    },
    card="codepipeline",
):  # fmt: skip
    """The way to one provider's repositories, with no key stored. Its id is its ARN, as is the output ``arn``.

    A pipeline may be made while it is pending; what it starts fails until somebody has opened it.
    """

    provider: Literal["GitHub", "GitLab", "Bitbucket"]

    def find(self, aws: Aws, known_id: str | None) -> Live | None:
        """By ARN if known, else by name: one made again has another ARN (7.9 c)."""
        every, name = connections(aws), aws.physical(self)
        by_id = (each for each in every if known_id and each["ConnectionArn"] == known_id)
        by_name = (each for each in every if each["ConnectionName"] == name)
        raw = next(by_id, None) or next(by_name, None)
        if raw is None:
            return None
        arn = raw["ConnectionArn"]
        with unless_gone():
            told = aws.seen_from(aws.written).read("codeconnections", "list_tags_for_resource", ResourceArn=arn)
            return Live(arn, raw, tags.read(told["Tags"]))
        return None

    def create(self, aws: Aws) -> str:
        made = aws.codeconnections.create_connection(
            ConnectionName=aws.physical(self), ProviderType=self.provider, Tags=aws.tag_pairs(self)
        )
        return made["ConnectionArn"]

    def observe(self, live: Live) -> dict[str, Any]:
        return {"provider": live.raw["ProviderType"]}

    def delete(self, aws: Aws, live: Live) -> None:
        with unless_gone():
            aws.codeconnections.delete_connection(ConnectionArn=live.id)

    def outputs(self, live: Live) -> dict[str, str]:
        return {"arn": live.id}


def connections(aws: Aws) -> list[dict[str, Any]]:
    """Every connection of the region, whatever its provider."""
    return aws.listing("codeconnections", "list_connections", "Connections", MaxResults=100)


@cache
def exist_in(region: str) -> bool:
    """Whether AWS has connections in a region: told by botocore's list of endpoints, under the service's old name."""
    from botocore.session import get_session

    return region in get_session().get_available_regions("codestar-connections")


def opened(wanted: Iterable[Handle[Connection]]) -> Question:
    """Whether somebody has said yes to each of them."""
    handles = tuple(wanted)
    return lambda aws, values: not _shut(aws, handles, values)


def how_to_open(wanted: Iterable[Handle[Connection]]) -> Instructions:
    """Which ones wait, and the very page of the console on which they are opened."""
    handles = tuple(wanted)

    def say(aws: Aws, values: Values) -> str:
        shut = _shut(aws, handles, values)
        where = f"https://{aws.region}.console.aws.amazon.com/codesuite/settings/connections?region={aws.region}"
        names = ", ".join(f"{each['ConnectionName']} ({each['ProviderType']})" for each in shut)
        return (
            f"AWS may not read the source yet. Open this page, choose {names}, then Update pending connection, and let "
            f"AWS in:\n{where}\nUntil then pipelines fail at their first step; afterwards every change of the source "
            "starts them, and Release change on a pipeline's page does it at once."
        )

    return say


def _shut(aws: Aws, handles: tuple[Handle[Connection], ...], values: Values) -> list[dict[str, Any]]:
    arns = {(values.get(handle.address) or {}).get("id") for handle in handles}
    return [each for each in connections(aws) if each["ConnectionArn"] in arns and each["ConnectionStatus"] != OPEN]
