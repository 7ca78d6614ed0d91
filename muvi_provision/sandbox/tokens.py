"""Client tokens: the same token gives the same thing; with other parameters it is an error (aws-reality 1.4).

Here are those that all work alike. Those with a manner of their own are with their kinds: a certificate's, which lasts
an hour, a secret's, which is its version, an ECS service's, Cloud Map's requests, and all caller references.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from muvi_provision.sandbox.answers import Refused
from muvi_provision.sandbox.books import Token
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.view import View

Answer = dict[str, Any]
_OTHERWISE = "The parameters do not match those of the request that had this client token"


@dataclass(frozen=True)
class _Way:
    """How an operation treats its token.

    member: the parameter it is in. made: from an answer, the ids of what was made. again: the answer for these ids,
    None when they are gone, and AWS has forgotten the token with them. code: of the refusal of other parameters.
    """

    member: str
    made: Callable[[Answer], list[str]]
    again: Callable[[View, list[str]], Answer | None]
    code: str = "IdempotentParameterMismatch"


def _of_ec2(kind: str, member: str) -> _Way:
    def again(view: View, ids: list[str]) -> Answer | None:
        found = view.find(kind, ids[0])
        return {member: found} if found is not None else None

    return _Way("ClientToken", lambda answer: [answer[member].id], again)


def _saying(member: str, token: str, code: str = "ConflictException") -> _Way:
    """One that answers with nothing but what the thing is called."""
    return _Way(token, lambda answer: [answer[member]], lambda _, ids: {member: ids[0]}, code)


def _tasks(view: View, ids: list[str]) -> Answer | None:
    from muvi_provision.sandbox.effects import ecs_records, ecs_shown

    found = [ecs_shown.task(view, one, tags=True) for one in ecs_records.tasks(view) if one.arn in ids]
    return {"tasks": found, "failures": []} if found else None


_WAYS = {
    "ec2:CreateNatGateway": _of_ec2("nat_gateway", "NatGateway"),
    "ec2:CreateRouteTable": _of_ec2("route_table", "RouteTable"),
    "ec2:CreateVpcEndpoint": _of_ec2("vpc_endpoint", "VpcEndpoint"),
    "ec2:CreateNetworkInterface": _of_ec2("network_interface", "NetworkInterface"),
    "ecs:RunTask": _Way(
        "clientToken", lambda answer: [one["taskArn"] for one in answer["tasks"]], _tasks, "ConflictException"
    ),
    "scheduler:CreateSchedule": _saying("ScheduleArn", "ClientToken"),
    "scheduler:CreateScheduleGroup": _saying("ScheduleGroupArn", "ClientToken"),
    "codepipeline:StartPipelineExecution": _saying("pipelineExecutionId", "clientRequestToken"),
}


def replay(call: Call, view: View) -> Answer | None:
    """The answer to a call whose token was used before; None for a new one."""
    way, token = _way(call)
    used = view.books.tokens.get(_key(call, token)) if way else None
    if way is None or used is None:
        return None
    if used.parameters != _parameters(call):
        raise Refused(way.code, _OTHERWISE)
    answer = way.again(view, used.made)
    if answer is None:
        del view.books.tokens[_key(call, token)]
        return None
    return answer | _echoed(call, token)


def note(call: Call, view: View, answer: Any) -> None:
    """Remember what a token made."""
    way, token = _way(call)
    if way is None or not isinstance(answer, dict):
        return
    made = way.made(answer)
    if made:
        view.books.tokens[_key(call, token)] = Token(_parameters(call), made)
    answer.update(_echoed(call, token))


def _way(call: Call) -> tuple[_Way | None, str]:
    way = _WAYS.get(call.name)
    token = str(call.params.get(way.member) or "") if way else ""
    return (way, token) if token else (None, "")


def _echoed(call: Call, token: str) -> Answer:
    """Only EC2 says it again."""
    return {"ClientToken": token} if call.service == "ec2" else {}


def _key(call: Call, token: str) -> tuple[str, str, str]:
    return call.region, f"{call.account}/{call.name}", token


def _parameters(call: Call) -> str:
    return json.dumps(call.params, sort_keys=True, default=str)
