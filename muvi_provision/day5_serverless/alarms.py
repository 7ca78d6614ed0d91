"""Alarms: CloudWatch watches a figure and says when it has been too high for too long.

Facts: aws-reality 7.5.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from muvi_provision.aws import tags
from muvi_provision.aws.clients import Aws
from muvi_provision.aws.tag_index import ACTION, tags_of
from muvi_provision.day1_network.tagged import unless_gone
from muvi_provision.day5_serverless import dimensions, metric_filters
from muvi_provision.day5_serverless.metric_filters import MetricFilter
from muvi_provision.resource import Change, Handle, Live, Resource

AT_LEAST = "GreaterThanOrEqualToThreshold"
_COUNTS, _OF_FILTERS = "Counts", "what filters count"
_UNSAID = {"TreatMissingData": "missing"}  # what AWS may leave out of its answer
_SPELT = {
    "metric": "MetricName",
    "namespace": "Namespace",
    "statistic": "Statistic",
    "threshold": "Threshold",
    "period_s": "Period",
    "times": "EvaluationPeriods",
    "missing": "TreatMissingData",
    "description": "AlarmDescription",
}


class Alarm(
    Resource,
    mutable={"dimensions", *_SPELT},
    prices=("cw.alarm",),
    actions={
        "cloudwatch:DeleteAlarms", "cloudwatch:DescribeAlarms", "cloudwatch:ListTagsForResource",
        "cloudwatch:PutMetricAlarm", "cloudwatch:TagResource", ACTION,
    },
    card="cloudwatch",
):  # fmt: skip
    """Goes off once ``statistic`` of a figure was at or above ``threshold`` in ``times`` periods one after the other.

    dimensions: what the figure is of, by name; an ARN is spelt as CloudWatch spells it. period_s: 10, 20, 30 or whole
    minutes. missing: what no figures at all mean ("missing": nobody can say; "notBreaching": all is well).
    counted: the filter whose counts it watches, instead of the figures of a ``namespace``.
    """

    namespace: str = ""
    counted: Handle[MetricFilter] | None = None
    metric: str
    threshold: float
    description: str
    dimensions: Mapping[str, str]
    statistic: str = "Average"
    period_s: int = 300
    times: int = 3
    missing: str = "missing"

    def wanted(self) -> dict[str, Any]:
        """A filter that has to be made again counts where the old one did, so it is not compared."""
        wanted = super().wanted()
        del wanted["counted"]
        where = _OF_FILTERS if self.counted else self.namespace
        spelt = dimensions.spelt(wanted["dimensions"])
        return {**wanted, "namespace": where, "threshold": float(self.threshold), "dimensions": spelt}

    def find(self, aws: Aws, known_id: str | None) -> Live | None:  # noqa: ARG002
        """By name: to put an alarm where a stranger's is would take that over, without its tags (1.4)."""
        beginning = f"{aws.ownership.env}-"
        every = aws.listing("cloudwatch", "describe_alarms", "MetricAlarms", AlarmNamePrefix=beginning)
        name = aws.physical(self)
        raw = next((each for each in every if each["AlarmName"] == name), None)
        if raw is None:
            return None
        arn = raw["AlarmArn"]
        ask = lambda: tags.read(aws.read("cloudwatch", "list_tags_for_resource", ResourceARN=arn)["Tags"])  # noqa: E731
        with unless_gone():
            counts = raw.get("Namespace") == metric_filters.namespace(aws)
            return Live(name, {**raw, _COUNTS: counts}, tags_of(aws, arn, self.address, ask))
        return None

    def create(self, aws: Aws) -> str:
        aws.cloudwatch.put_metric_alarm(**self._said(aws), Tags=aws.tag_pairs(self))
        return aws.physical(self)

    def _said(self, aws: Aws) -> Any:
        wanted = self.wanted()
        return {
            "AlarmName": aws.physical(self),
            "ComparisonOperator": AT_LEAST,
            "Dimensions": [{"Name": name, "Value": value} for name, value in wanted["dimensions"].items()],
            **{word: wanted[field] for field, word in _SPELT.items()},
            **({"Namespace": metric_filters.namespace(aws)} if self.counted else {}),
        }

    def newborn(self) -> dict[str, Any]:
        return {}

    def observe(self, live: Live) -> dict[str, Any]:
        """A threshold that is compared in another way shows as another one."""
        raw, named = live.raw, {each["Name"]: each["Value"] for each in live.raw.get("Dimensions", ())}
        seen = {"dimensions": named, **{field: raw.get(word, _UNSAID.get(word, "")) for field, word in _SPELT.items()}}
        seen["namespace"] = _OF_FILTERS if raw[_COUNTS] else seen["namespace"]
        how = raw["ComparisonOperator"]
        return seen if how == AT_LEAST else {**seen, "threshold": f"{how} {seen['threshold']}"}

    def update(self, aws: Aws, live: Live, changes: tuple[Change, ...]) -> None:  # noqa: ARG002
        """The whole again; tags would be taken no notice of."""
        aws.cloudwatch.put_metric_alarm(**self._said(aws))

    def delete(self, aws: Aws, live: Live) -> None:
        with unless_gone():
            aws.cloudwatch.delete_alarms(AlarmNames=[live.id])
