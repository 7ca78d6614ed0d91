"""Filters that count what CloudTrail writes down: sign-ins that failed, refusals, what the root user does.

Facts: aws-reality 5.4 and 7.5. The log group belongs to whoever made the trail; ours is only what counts in it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from muvi_provision.aws.clients import Aws
from muvi_provision.day1_network.tagged import unless_gone
from muvi_provision.engine.stack import Instructions, Question, Values
from muvi_provision.resource import Change, Handle, Live, Resource, is_known


class AuditTrail(
    Resource,
    lookup=True,
    outputs={"log_group"},
    name_limit=512,
    actions={"logs:DescribeLogGroups"},
    card="cloudwatch",
):
    """The log group that CloudTrail writes to. It is always found: without one its output ``log_group`` is ""."""

    group: str

    def find(self, aws: Aws, known_id: str | None) -> Live | None:  # noqa: ARG002
        every = aws.listing("logs", "describe_log_groups", "logGroups", logGroupNamePrefix=self.group)
        return Live(self.group, next((each for each in every if each["logGroupName"] == self.group), {}))

    def observe(self, live: Live) -> dict[str, Any]:  # noqa: ARG002
        return {}

    def outputs(self, live: Live) -> dict[str, str]:
        return {"log_group": live.raw.get("logGroupName", "")}


class MetricFilter(
    Resource,
    mutable={"pattern"},
    name_limit=512,
    actions={"logs:DeleteMetricFilter", "logs:DescribeMetricFilters", "logs:PutMetricFilter"},
    card="cloudwatch",
):
    """Counts the lines that fit ``pattern`` as the metric of its own name. It waits until there is a ``trail``.

    Filters have no tags: whose one is, its metric's namespace says.
    """

    trail: Handle[AuditTrail]
    log_group: str
    pattern: str

    def dormant(self) -> str:
        return (
            "CloudTrail does not write to its log group yet" if is_known(self.log_group) and not self.log_group else ""
        )

    def wanted(self) -> dict[str, Any]:
        """Where it counts is not told by AWS but asked of it, so only what it counts is compared."""
        return {"pattern": self.pattern}

    def find(self, aws: Aws, known_id: str | None) -> Live | None:  # noqa: ARG002
        group, name = self.trail.id, aws.physical(self)
        if self.dormant():
            return None
        with unless_gone():
            every = aws.listing("logs", "describe_metric_filters", "metricFilters", logGroupName=group)
            raw = next((each for each in every if each["filterName"] == name), None)
            return Live(name, {**raw, "logGroupName": group}, self._tags(aws, raw)) if raw else None
        return None

    def _tags(self, aws: Aws, raw: dict[str, Any]) -> dict[str, str]:
        ours = any(each.get("metricNamespace") == namespace(aws) for each in raw["metricTransformations"])
        return aws.tags(self) if ours else {}

    def create(self, aws: Aws) -> str:
        name = aws.physical(self)
        counted = {"metricName": name, "metricNamespace": namespace(aws), "metricValue": "1", "defaultValue": 0.0}
        aws.logs.put_metric_filter(
            logGroupName=self.trail.id,
            filterName=name,
            filterPattern=self.pattern,
            metricTransformations=[counted],  # type: ignore[list-item]
        )
        return name

    def observe(self, live: Live) -> dict[str, Any]:
        return {"pattern": live.raw.get("filterPattern", "")}

    def update(self, aws: Aws, live: Live, changes: tuple[Change, ...]) -> None:  # noqa: ARG002
        self.create(aws)

    def delete(self, aws: Aws, live: Live) -> None:
        with unless_gone():
            aws.logs.delete_metric_filter(logGroupName=live.raw["logGroupName"], filterName=live.id)


def namespace(aws: Aws) -> str:
    """Where the counts of this stack are, and of no other one of the same name."""
    return f"muvi/{aws.ownership.env}/{aws.ownership.lineage}"


def written(trails: Iterable[Handle[AuditTrail]]) -> Question:
    """Whether CloudTrail's log group is there."""
    wanted = tuple(trails)
    return lambda _, values: all((values.get(trail.address) or {}).get("log_group") for trail in wanted)


def how_to_write(group: str) -> Instructions:
    """What to do in the console, since a trail belongs to the whole account."""

    def say(aws: Aws, values: Values) -> str:  # noqa: ARG001
        return (
            f'There is no log group "{group}" in {aws.region}, so nobody is told of failed sign-ins, refusals and what '
            "the root user does. Let CloudTrail write to it (CloudTrail, Trails, Edit, CloudWatch Logs):\n"
            f"https://{aws.region}.console.aws.amazon.com/cloudtrailv2/home?region={aws.region}#/trails\n"
            "Then run again; or take alarms.audit_log_group out of the environment. Everything else is done."
        )

    return say
