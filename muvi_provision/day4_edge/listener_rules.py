"""Rules of a public load balancer: who bears the secret header is passed on, everybody else is turned away.

Facts: aws-reality 3.12 and 6.7. The security group lets in every customer's CloudFront, so it is not enough alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from muvi_provision.aws import tag_index, tags
from muvi_provision.aws.clients import Aws
from muvi_provision.aws.tag_index import tags_of
from muvi_provision.day1_network import balancing
from muvi_provision.day1_network.listeners import Listener
from muvi_provision.day1_network.tagged import unless_gone
from muvi_provision.day1_network.target_groups import TargetGroup
from muvi_provision.day2_data.secrets import Secret
from muvi_provision.day4_edge import origin_secret
from muvi_provision.day4_edge.origin_secret import HEADER, VERSION
from muvi_provision.errors import NameTaken
from muvi_provision.naming import ADDRESS
from muvi_provision.resource import Change, Handle, Live, Resource, is_known

BATCH = 20  # ARNs in one DescribeTags
REFUSED = {
    "Type": "fixed-response",
    "FixedResponseConfig": {"StatusCode": "403", "ContentType": "text/plain", "MessageBody": "Only through CloudFront"},
}


class ListenerRule(
    Resource,
    mutable={"priority", "target_group", "secret_version", "header", "plain"},
    within="listener",
    goes_with="listener",
    actions={
        "elasticloadbalancing:AddTags", "elasticloadbalancing:CreateRule", "elasticloadbalancing:DeleteRule",
        "elasticloadbalancing:DescribeListeners", "elasticloadbalancing:DescribeRules",
        "elasticloadbalancing:DescribeTags", "elasticloadbalancing:ModifyRule",
        "elasticloadbalancing:SetRulePriorities", origin_secret.ACTION, tag_index.ACTION,
    },
    card="alb",
):  # fmt: skip
    """One rule of a listener; that of the lowest ``priority`` that applies counts. Its id is its ARN.

    With a ``secret``: requests that bear its value in ``header`` are passed on to ``target_group``. Without one: all
    others are answered 403. secret_version: the version whose value it wants, kept as a tag; the one before it is let
    in too, until CloudFront has told all its places. plain: whether it asks for nothing else and answers nothing else.
    """

    listener: Handle[Listener]
    priority: int
    target_group: Handle[TargetGroup] | None = None
    secret: Handle[Secret] | None = None
    secret_version: str = ""
    header: str = HEADER
    plain: bool = True

    def wanted(self) -> dict[str, Any]:
        """A rule for everybody else looks at no header."""
        wanted = super().wanted()
        del wanted["secret"]
        return wanted if self.secret else {**wanted, "header": ""}

    def find(self, aws: Aws, known_id: str | None) -> Live | None:
        """In a plan by the index of tags alone, once its listener is seen; else among the listener's rules."""
        if known_id and aws.as_of == 0 and not aws.thorough:
            return self._trusted(aws, known_id)
        raw = self._among(aws, known_id) if is_known(self.listener.id) else None
        if raw is None:
            return None
        arn, shown = raw["RuleArn"], {} if aws.shallow else origin_secret.without_values(raw)
        with unless_gone():
            return Live(arn, shown, tags_of(aws, arn, self.address, lambda: _tags(aws, arn)))
        return None

    def _trusted(self, aws: Aws, arn: str) -> Live | None:
        """As its tags tell; a rule cannot outlive its listener."""
        listener = _listener_of(arn)
        balancer = listener.replace(":listener/", ":loadbalancer/").rpartition("/")[0]
        if all(each["ListenerArn"] != listener for each in balancing.listeners(aws, balancer)):
            return None
        with unless_gone():
            return Live(arn, {}, tags_of(aws, arn, self.address, lambda: _tags(aws, arn)))
        return None

    def _among(self, aws: Aws, known_id: str | None) -> dict[str, Any] | None:
        """The rule of that ARN, else the one that bears this address."""
        found = _rules(aws, _listener_of(known_id) if known_id else self.listener.id)
        by_id = next((rule for rule in found if rule["RuleArn"] == known_id), None)
        if by_id or not found:
            return by_id
        told = _told(aws, [rule["RuleArn"] for rule in found])
        ours = [rule for rule in found if aws.ownership.owns(told.get(rule["RuleArn"], {}), self.address)]
        alike = [rule for rule in found if told.get(rule["RuleArn"], {}).get(ADDRESS) == self.address]
        return next(iter([*ours, *alike]), None)

    def before(self, aws: Aws) -> None:
        """Raises NameTaken when somebody else's rule has its priority, which no two of a listener may have."""
        if not is_known(self.listener.id):
            return
        taken = next((rule for rule in _rules(aws, self.listener.id) if rule["Priority"] == str(self.priority)), None)
        if taken and not aws.ownership.owns(_tags(aws, taken["RuleArn"]), self.address):
            raise NameTaken(
                f"the rule {taken['RuleArn']} already has priority {self.priority} of {self.listener.address}",
                where=self.address,
                why="it is not recorded as this stack's, and a listener has one rule of each priority",
                next=(f"aws elbv2 delete-rule --rule-arn {taken['RuleArn']}", "muvi run day4"),
            )

    def create(self, aws: Aws) -> str:
        made = aws.elbv2.create_rule(
            ListenerArn=self.listener.id,
            Priority=self.priority,
            Tags=[*aws.tag_pairs(self), *self._remembered()],
            **self._said(aws),
        )
        return made["Rules"][0]["RuleArn"]

    def _remembered(self) -> list[Any]:
        return tags.pairs({VERSION: self.secret_version}) if self.secret else []

    def _said(self, aws: Aws) -> Any:
        if self.secret is None or self.target_group is None:
            return {"Conditions": [{"Field": "path-pattern", "Values": ["*"]}], "Actions": [REFUSED]}
        values = origin_secret.accepted(aws, self.secret.id, self.secret_version)
        bears = {"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": self.header, "Values": values}}
        return {"Conditions": [bears], "Actions": [{"Type": "forward", "TargetGroupArn": self.target_group.id}]}

    def observe(self, live: Live) -> dict[str, Any]:
        """The header's value is in nothing that is told."""
        version = {"secret_version": live.tags.get(VERSION, "")} if self.secret else {}
        seen = {"listener": _listener_of(live.id), **version}
        if "Actions" not in live.raw:
            return seen
        actions, priority = live.raw["Actions"], str(live.raw["Priority"])
        return {
            **seen,
            "priority": int(priority) if priority.isdigit() else priority,
            "target_group": actions[0].get("TargetGroupArn") if actions else None,
            "header": _header(live.raw),
            "plain": self._is_plain(live.raw),
        }

    def _is_plain(self, raw: Mapping[str, Any]) -> bool:
        """Without a look at the header's values."""
        asked, done = raw.get("Conditions", ()), raw["Actions"]
        if self.secret:
            asks_header = [each["Field"] for each in asked] == ["http-header"]
            return asks_header and [each["Type"] for each in done] == ["forward"]
        paths = [each.get("PathPatternConfig", each).get("Values") for each in asked if each["Field"] == "path-pattern"]
        answers = [each.get("FixedResponseConfig") for each in done]
        return len(asked) == 1 and paths == [["*"]] and answers == [REFUSED["FixedResponseConfig"]]

    def update(self, aws: Aws, live: Live, changes: tuple[Change, ...]) -> None:
        """The tag that vouches for the value goes last."""
        changed = {change.field for change in changes}
        if changed - {"priority"}:
            aws.elbv2.modify_rule(RuleArn=live.id, **self._said(aws))
        if "priority" in changed and live.raw.get("Priority") != str(self.priority):
            self.before(aws)
            aws.elbv2.set_rule_priorities(RulePriorities=[{"RuleArn": live.id, "Priority": self.priority}])
        if "secret_version" in changed:
            aws.elbv2.add_tags(ResourceArns=[live.id], Tags=self._remembered())

    def delete(self, aws: Aws, live: Live) -> None:
        with unless_gone():
            aws.elbv2.delete_rule(RuleArn=live.id)


def _listener_of(rule: str) -> str:
    """The listener's ARN, which a rule's begins like."""
    return rule.replace(":listener-rule/", ":listener/").rpartition("/")[0]


def _rules(aws: Aws, listener: str) -> list[dict[str, Any]]:
    """Every rule of a listener but its last, which is its default action; none when it does not exist."""
    with unless_gone():
        found = aws.listing("elbv2", "describe_rules", "Rules", ListenerArn=listener)
        return [rule for rule in found if not rule.get("IsDefault")]
    return []


def _header(raw: Mapping[str, Any]) -> str:
    """The name of the header it looks at; "" when it looks at none."""
    found = (each.get("HttpHeaderConfig", {}).get("HttpHeaderName") for each in raw.get("Conditions", ()))
    return next((str(name) for name in found if name), "")


def _tags(aws: Aws, arn: str) -> dict[str, str]:
    return _told(aws.seen_from(aws.written), [arn]).get(arn, {})


def _told(aws: Aws, arns: list[str]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for start in range(0, len(arns), BATCH):
        answer = aws.read("elbv2", "describe_tags", ResourceArns=arns[start : start + BATCH])["TagDescriptions"]
        found |= {each["ResourceArn"]: tags.read(each["Tags"]) for each in answer}
    return found
