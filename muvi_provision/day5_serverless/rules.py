"""EventBridge rules: at what times, or after what event, something is done.

Facts: aws-reality 7.2. PutRule resets whatever it is not told, so every change tells everything.
"""

from __future__ import annotations

import json
from typing import Any

from muvi_provision.aws import tag_index, tags
from muvi_provision.aws.clients import Aws
from muvi_provision.day1_network.tagged import unless_gone
from muvi_provision.resource import Change, Live, Resource, is_known

ON, OFF = "ENABLED", "DISABLED"


class Rule(
    Resource,
    mutable={"schedule", "pattern", "description", "enabled"},
    outputs={"arn"},
    name_limit=64,
    actions={
        "events:DeleteRule", "events:ListRules", "events:ListTagsForResource", "events:PutRule", "events:TagResource",
        tag_index.ACTION,
    },
    card="eventbridge",
):  # fmt: skip
    """A schedule (UTC, as ``environment.schedules.spelt`` spells it) or an event pattern (JSON): one of the two.

    waits_for: the mark of the code that it calls. While that is "" a new rule is made switched off, and one that is
    there stays as it is; None for a rule that waits for nothing. Its id is its name. Output: ``arn``.
    """

    description: str
    schedule: str = ""
    pattern: str = ""
    enabled: bool = True
    waits_for: str | None = None

    def wanted(self) -> dict[str, Any]:
        wanted = {**super().wanted(), "pattern": _compact(self.pattern)}
        del wanted["waits_for"]
        if self._waits():
            del wanted["enabled"]
        return wanted

    def _waits(self) -> bool:
        return self.waits_for is not None and is_known(self.waits_for) and not self.waits_for

    def find(self, aws: Aws, known_id: str | None) -> Live | None:
        name, beginning = known_id or aws.physical(self), f"{aws.ownership.env}-"
        every = aws.listing("events", "list_rules", "Rules", NamePrefix=beginning)
        raw = next((each for each in every if each["Name"] == name), None)
        if raw is None:
            return None
        arn = raw["Arn"]
        ask = lambda: tags.read(aws.read("events", "list_tags_for_resource", ResourceARN=arn)["Tags"])  # noqa: E731
        with unless_gone():
            return Live(name, raw, tag_index.tags_of(aws, arn, self.address, ask))
        return None

    def create(self, aws: Aws) -> str:
        name = aws.physical(self)
        self._put(aws, name, ON if self.enabled and not self._waits() else OFF, Tags=aws.tag_pairs(self))
        return name

    def _put(self, aws: Aws, name: str, state: str, **more: Any) -> None:
        when = {"ScheduleExpression": self.schedule} if self.schedule else {"EventPattern": self.pattern}
        said: dict[str, Any] = {"State": state, "Description": self.description, **when, **more}
        aws.events.put_rule(Name=name, **said)

    def observe(self, live: Live) -> dict[str, Any]:
        return {
            "schedule": live.raw.get("ScheduleExpression", ""),
            "pattern": _compact(live.raw.get("EventPattern", "")),
            "description": live.raw.get("Description", ""),
            "enabled": live.raw.get("State", ON) == ON,
        }

    def update(self, aws: Aws, live: Live, changes: tuple[Change, ...]) -> None:  # noqa: ARG002
        """Tags are not taken then, and stay."""
        state = live.raw.get("State", ON) if self._waits() else ON if self.enabled else OFF
        self._put(aws, live.id, state)

    def delete(self, aws: Aws, live: Live) -> None:
        with unless_gone():
            aws.events.delete_rule(Name=live.id)

    def outputs(self, live: Live) -> dict[str, str]:
        return {"arn": live.raw["Arn"]}


def _compact(pattern: str) -> str:
    """JSON is compared by what it says."""
    return json.dumps(json.loads(pattern), sort_keys=True) if pattern and is_known(pattern) else pattern
