"""Log groups: where what a service's containers write is kept, and for how long.

Facts: aws-reality 5.4.
"""

from __future__ import annotations

from typing import Any

from muvi_provision.aws import tag_index
from muvi_provision.aws.clients import Aws
from muvi_provision.day1_network.tagged import unless_gone
from muvi_provision.resource import Change, Live, Resource

FOR_EVER = "for ever"


class LogGroup(
    Resource,
    mutable={"retention_days"},
    completes=True,
    outputs={"arn"},
    prices=("logs.ingest",),
    actions={
        "logs:CreateLogGroup", "logs:DeleteLogGroup", "logs:DescribeLogGroups", "logs:ListTagsForResource",
        "logs:PutRetentionPolicy", "logs:TagResource", tag_index.ACTION,
    },
    card="cloudwatch",
):  # fmt: skip
    """What one service's containers write, kept for ``retention_days``. Its id is its name, ``/ecs/uat/<service>``.

    Made before the service, since one that AWS makes by itself keeps everything for ever and bears no tags.
    Output: ``arn``, without the ``:*`` that AWS sometimes appends.
    """

    retention_days: int

    def named(self, aws: Aws, name: str) -> str:
        """The group of something of that name; of "", how all their names begin."""
        return log_group_name(aws, name)

    def find(self, aws: Aws, known_id: str | None) -> Live | None:  # noqa: ARG002
        """By its exact name; AWS asks for beginnings of names."""
        name, beginning = self.named(aws, self.name), self.named(aws, "")
        every = aws.listing("logs", "describe_log_groups", "logGroups", logGroupNamePrefix=beginning)
        raw = next((each for each in every if each["logGroupName"] == name), None)
        if raw is None:
            return None
        arn = raw["arn"].removesuffix(":*")
        ask = lambda: aws.read("logs", "list_tags_for_resource", resourceArn=arn)["tags"]  # noqa: E731
        with unless_gone():
            return Live(name, raw, tag_index.tags_of(aws, arn, self.address, ask, precious=True))
        return None

    def create(self, aws: Aws) -> str:
        name = self.named(aws, self.name)
        aws.logs.create_log_group(logGroupName=name, tags=aws.tags(self))
        return name

    def newborn(self) -> dict[str, Any]:
        return {"retention_days": FOR_EVER}

    def observe(self, live: Live) -> dict[str, Any]:
        return {"retention_days": live.raw.get("retentionInDays", FOR_EVER)}

    def update(self, aws: Aws, live: Live, changes: tuple[Change, ...]) -> None:  # noqa: ARG002
        aws.logs.put_retention_policy(logGroupName=live.id, retentionInDays=self.retention_days)

    def delete(self, aws: Aws, live: Live) -> None:
        with unless_gone():
            aws.logs.delete_log_group(logGroupName=live.id)

    def outputs(self, live: Live) -> dict[str, str]:
        return {"arn": live.raw["arn"].removesuffix(":*")}


def log_group_name(aws: Aws, service: str) -> str:
    """``/ecs/uat/gateway``."""
    return f"/ecs/{aws.ownership.env}/{service}"
