"""What a rule sets off: a function, a workflow or a pipeline.

Facts: aws-reality 1.1 and 7.2. Failures are in the body of a good answer.
"""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from muvi_provision.aws import tag_index, tags
from muvi_provision.aws.clients import Aws
from muvi_provision.day1_network.tagged import unless_gone
from muvi_provision.day5_serverless.rules import Rule
from muvi_provision.resource import Change, Handle, Live, Resource, is_known

RETRIES, FRESH_S = 2, 3600
"""How often, and for how many seconds, EventBridge tries again; by itself it would for a day."""


class RuleTarget(
    Resource,
    mutable={"target", "role", "input"},
    inherits="rule",
    awaits={"rule"},
    within="rule",
    name_limit=64,
    actions={
        "events:ListRules", "events:ListTagsForResource", "events:ListTargetsByRule", "events:PutTargets",
        "events:RemoveTargets", "iam:PassRole", tag_index.ACTION,
    },
    card="eventbridge",
):  # fmt: skip
    """What ``rule`` calls: ``target`` is an ARN. Its id is ``<rule>/<target id>``.

    role: the ARN of the role EventBridge acts in; none for a function, which says itself who may call it.
    input: JSON that is handed over, instead of the event. A plan believes its record as long as the rule is there.
    """

    rule: Handle[Rule]
    target: str
    role: str | None = None
    input: str | None = None

    def find(self, aws: Aws, known_id: str | None) -> Live | None:
        rules = aws.seen_from(0).listing("events", "list_rules", "Rules", NamePrefix=f"{aws.ownership.env}-")
        rule = next((each for each in rules if is_known(self.rule.id) and each["Name"] == self.rule.id), None)
        if rule is None and not aws.as_of:
            return None
        wanted = known_id.partition("/")[2] if known_id else aws.physical(self)
        raw = {} if self._is_believed(aws, known_id) else self._shown(aws, wanted)
        return None if raw is None else Live(f"{self.rule.id}/{wanted}", raw, self._tags(aws))

    def _is_believed(self, aws: Aws, known_id: str | None) -> bool:
        return bool(known_id) and not aws.thorough and not aws.as_of

    def _shown(self, aws: Aws, wanted: str) -> dict[str, Any] | None:
        with unless_gone():
            there = aws.listing("events", "list_targets_by_rule", "Targets", Rule=self.rule.id)
            return next((each for each in there if each["Id"] == wanted), None)
        return None

    def _tags(self, aws: Aws) -> Any:
        """The rule's."""
        arn = self.rule.arn
        ask = lambda: tags.read(aws.read("events", "list_tags_for_resource", ResourceARN=arn)["Tags"])  # noqa: E731
        return tag_index.tags_of(aws, arn, self.rule.address, ask)

    def create(self, aws: Aws) -> str:
        target = aws.physical(self)
        self._put(aws, target)
        return f"{self.rule.id}/{target}"

    def _put(self, aws: Aws, target: str) -> None:
        said: Any = {
            "Id": target,
            "Arn": self.target,
            "RetryPolicy": {"MaximumRetryAttempts": RETRIES, "MaximumEventAgeInSeconds": FRESH_S},
            **({"RoleArn": self.role} if self.role else {}),
            **({"Input": self.input} if self.input is not None else {}),
        }
        confirmed(aws.events.put_targets(Rule=self.rule.id, Targets=[said]), "PutTargets")

    def observe(self, live: Live) -> dict[str, Any]:
        """Nothing while its record is believed."""
        if not live.raw:
            return {}
        return {"target": live.raw["Arn"], "role": live.raw.get("RoleArn"), "input": live.raw.get("Input")}

    def update(self, aws: Aws, live: Live, changes: tuple[Change, ...]) -> None:  # noqa: ARG002
        self._put(aws, live.id.partition("/")[2])

    def delete(self, aws: Aws, live: Live) -> None:
        rule, _, target = live.id.partition("/")
        with unless_gone():
            confirmed(aws.events.remove_targets(Rule=rule, Ids=[target]), "RemoveTargets")


def confirmed(answer: Any, operation: str) -> None:
    """Raises a ClientError for the first failure that a good answer tells of."""
    if answer.get("FailedEntryCount"):
        failed: dict[str, str] = next(iter(answer.get("FailedEntries", ())), {})
        said: Any = {"Code": failed.get("ErrorCode", "Unknown"), "Message": failed.get("ErrorMessage", "")}
        raise ClientError({"Error": said, "ResponseMetadata": answer.get("ResponseMetadata", {})}, operation)
