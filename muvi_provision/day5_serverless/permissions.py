"""Who may call a function: a statement in its own policy, since EventBridge acts in no role of ours for it.

Facts: aws-reality 7.1. A function that was deleted took its policy along.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from muvi_provision.aws import tag_index
from muvi_provision.aws.clients import Aws
from muvi_provision.day1_network.tagged import unless_gone
from muvi_provision.day5_serverless import function_reads
from muvi_provision.day5_serverless.functions import Function
from muvi_provision.day5_serverless.rules import Rule
from muvi_provision.resource import Change, Handle, Live, Resource, is_known

EVENTS = "events.amazonaws.com"


class FunctionPermission(
    Resource,
    mutable={"rule"},
    inherits="function",
    awaits={"rule"},
    within="function",
    goes_with="function",
    binds=False,
    name_limit=100,
    actions={
        "lambda:AddPermission", "lambda:GetPolicy", "lambda:ListFunctions", "lambda:ListTags",
        "lambda:RemovePermission", tag_index.ACTION,
    },
    card="lambda",
):  # fmt: skip
    """That a rule may call a function. Its id is ``<function>/<statement>``.

    A plan believes its record as long as the function is there; a run reads the function's policy.
    """

    function: Handle[Function]
    rule: Handle[Rule]

    def find(self, aws: Aws, known_id: str | None) -> Live | None:
        function = _parent(aws, self.function.id) if is_known(self.function.id) else None
        if function is None:
            return None
        statement = known_id.partition("/")[2] if known_id else aws.physical(self)
        raw = {} if self._is_believed(aws, known_id) else _statements(aws, self.function.id).get(statement)
        if raw is None:
            return None
        arn = function["FunctionArn"]
        ask = lambda: aws.read("lambda", "list_tags", Resource=arn)["Tags"]  # noqa: E731
        with unless_gone():
            parents = tag_index.tags_of(aws, arn, self.function.address, ask)
            return Live(f"{self.function.id}/{statement}", raw, parents)
        return None

    def _is_believed(self, aws: Aws, known_id: str | None) -> bool:
        return bool(known_id) and not aws.thorough and not aws.as_of

    def create(self, aws: Aws) -> str:
        statement = aws.physical(self)
        self._add(aws, statement)
        return f"{self.function.id}/{statement}"

    def _add(self, aws: Aws, statement: str) -> None:
        aws.lambda_.add_permission(
            FunctionName=self.function.id,
            StatementId=statement,
            Action="lambda:InvokeFunction",
            Principal=EVENTS,
            SourceArn=self.rule.arn,
        )

    def observe(self, live: Live) -> dict[str, Any]:
        """Nothing while its record is believed."""
        return {"rule": _source(live.raw).rpartition("/")[2]} if live.raw else {}

    def update(self, aws: Aws, live: Live, changes: tuple[Change, ...]) -> None:  # noqa: ARG002
        """A statement cannot be changed, only made anew."""
        self.delete(aws, live)
        self._add(aws, live.id.partition("/")[2])

    def delete(self, aws: Aws, live: Live) -> None:
        function, _, statement = live.id.partition("/")
        with unless_gone():
            aws.lambda_.remove_permission(FunctionName=function, StatementId=statement)


def _parent(aws: Aws, name: str) -> Mapping[str, Any] | None:
    """The function, which is not what was written here, so an older look at all of them will do."""
    listed = aws.seen_from(0)
    found = next((each for each in function_reads.everything(listed) if each["FunctionName"] == name), None)
    return found or function_reads.described(aws, name)


def _statements(aws: Aws, function: str) -> dict[str, dict[str, Any]]:
    """By their ids; none where there is no policy."""
    with unless_gone():
        policy = json.loads(aws.read("lambda", "get_policy", FunctionName=function)["Policy"])
        return {each["Sid"]: each for each in policy["Statement"]}
    return {}


def _source(statement: Mapping[str, Any]) -> str:
    """The ARN that a statement is limited to, whichever way AWS spells its condition."""
    return next((str(value) for key, value in _conditions(statement) if key.lower() == "aws:sourcearn"), "")


def _conditions(statement: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for said in statement.get("Condition", {}).values():
        yield from said.items()
