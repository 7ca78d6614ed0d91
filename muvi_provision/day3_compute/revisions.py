"""Revisions of task definitions: which is the newest, what it was made of, and how all of them go.

Facts: aws-reality 5.6 c, d and f.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from muvi_provision.aws.clients import Aws
from muvi_provision.aws.patience import error_of
from muvi_provision.day3_compute import ecs_tags
from muvi_provision.resource import Live

MOST = 10  # revisions in one DeleteTaskDefinitions


def digest(definition: Mapping[str, Any]) -> str:
    """What tells one content from another: of what is asked for, since ECS answers it with defaults filled in."""
    return hashlib.sha256(json.dumps(definition, sort_keys=True, default=str).encode()).hexdigest()[:32]


def newest(aws: Aws, family: str) -> str | None:
    """The ARN of a family's newest active revision. One listing serves all families."""
    return max((arn for arn in active(aws) if _family(arn) == family), key=_revision, default=None)


def families(aws: Aws) -> list[str]:
    """The names of all families with an active revision, in order; from the same listing."""
    return sorted({_family(arn) for arn in active(aws)})


def active(aws: Aws) -> list[str]:
    """The ARNs of all active revisions of the region."""
    arns: Any = aws.listing("ecs", "list_task_definitions", "taskDefinitionArns", status="ACTIVE", sort="DESC")
    return list(arns)


def delete_all(aws: Aws, family: str, is_ours: Callable[[str], bool]) -> None:
    """Deregisters a family's active revisions that are ours, and deletes those and the older ones."""
    active = [arn for arn in _revisions(aws, family, "ACTIVE") if is_ours(arn)]
    older = [arn for arn in _revisions(aws, family, "INACTIVE") if is_ours(arn)]
    for arn in active:
        aws.ecs.deregister_task_definition(taskDefinition=arn)
    going = [*older, *active]  # the newest last, by which the rest is found again
    for start in range(0, len(going), MOST):
        answer = aws.ecs.delete_task_definitions(taskDefinitions=going[start : start + MOST])
        for failure in answer.get("failures", ()):
            raise _refusal(failure)


def ended(aws: Aws, arn: str) -> Live | None:
    """A revision that was deregistered and not deleted yet."""
    answer = _described(aws, arn)
    if answer.get("taskDefinition", {}).get("status") != "INACTIVE":
        return None
    return Live(arn, {}, ecs_tags.read(answer.get("tags")))


def tags_of(aws: Aws, arn: str) -> dict[str, str]:
    """A revision's tags, an inactive one's too, of which ECS tells only here; none when it is gone."""
    return ecs_tags.read(_described(aws, arn).get("tags"))


def _described(aws: Aws, arn: str) -> Mapping[str, Any]:
    """With its tags; empty when there is none."""
    try:
        return aws.ecs.describe_task_definition(taskDefinition=arn, include=["TAGS"])
    except Exception as error:
        if error_of(error)[1] != "ClientException":  # what ECS says of one that does not exist
            raise
        return {}


def _revisions(aws: Aws, family: str, status: str) -> Iterator[str]:
    """All of one family; despite its name ``familyPrefix`` matches the whole name."""
    pages = aws.ecs.get_paginator("list_task_definitions").paginate(
        familyPrefix=family,
        status=status,  # type: ignore[arg-type]
    )
    for page in pages:
        yield from (arn for arn in page["taskDefinitionArns"] if _family(arn) == family)


def _family(arn: str) -> str:
    return arn.rpartition("/")[2].rpartition(":")[0]


def _revision(arn: str) -> int:
    return int(arn.rpartition(":")[2])


def _refusal(failure: Any) -> Exception:
    """A failure that ECS puts into the answer of a call that succeeded (1.1), as the error it is."""
    from botocore.exceptions import ClientError

    said: Any = {
        "Code": failure.get("reason", "Failed"),
        "Message": f"{failure.get('arn', '')}: {failure.get('detail', '')}",
    }
    return ClientError({"Error": said}, "DeleteTaskDefinitions")
