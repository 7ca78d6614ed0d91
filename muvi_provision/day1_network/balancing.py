"""How load balancers, target groups and listeners are read: whole listings, and their tags twenty at a time.

ELBv2 tells tags only to who asks for them by ARN, at most 20 in one call (aws-reality.md 1.3). What the index of tags
does not show as ours is asked of it, and so that not each object asks once, each asks for a batch that is the same for
all of a batch: the shared reads make that one call.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from muvi_provision.aws import tags
from muvi_provision.aws.clients import Aws
from muvi_provision.aws.patience import is_gone
from muvi_provision.aws.tag_index import tags_of
from muvi_provision.day1_network.tagged import unless_gone
from muvi_provision.naming import ENVIRONMENT
from muvi_provision.resource import Live

BATCH = 20  # ARNs in one DescribeTags


def load_balancers(aws: Aws) -> list[dict[str, Any]]:
    """Every load balancer of the region."""
    return aws.listing("elbv2", "describe_load_balancers", "LoadBalancers")


def target_groups(aws: Aws) -> list[dict[str, Any]]:
    """Every target group of the region."""
    return aws.listing("elbv2", "describe_target_groups", "TargetGroups")


def listeners(aws: Aws, load_balancer: str) -> list[dict[str, Any]]:
    """Every listener of a load balancer (its ARN); none when it does not exist."""
    with unless_gone():
        return aws.listing("elbv2", "describe_listeners", "Listeners", LoadBalancerArn=load_balancer)
    return []


def chosen(listing: Sequence[dict[str, Any]], known_id: str | None, name: str, noun: str) -> dict[str, Any] | None:
    """The item with the ARN ``known_id``, else with that name. ``noun`` is AWS's: "LoadBalancer", "TargetGroup"."""
    by_id = (item for item in listing if known_id and item[f"{noun}Arn"] == known_id)
    by_name = (item for item in listing if item[f"{noun}Name"] == name)
    return next(by_id, None) or next(by_name, None)


def named(aws: Aws, raw: dict[str, Any], noun: str, address: str) -> Live | None:
    """The load balancer or target group of that address with its tags; None when it went away meanwhile."""
    arn = raw[f"{noun}Arn"]
    with unless_gone():
        return Live(arn, raw, tags_of(aws, arn, address, lambda: _tags(aws, arn, _named_arns(aws))))
    return None


def heard(aws: Aws, raw: dict[str, Any], address: str) -> Live | None:
    """The listener of that address with its tags; None when it went away meanwhile."""
    arn = raw["ListenerArn"]
    with unless_gone():
        return Live(arn, raw, tags_of(aws, arn, address, lambda: _tags(aws, arn, _listener_arns(aws))))
    return None


def _tags(aws: Aws, arn: str, company: Sequence[str]) -> dict[str, str]:
    """The tags of one ARN, asked for together with its ``company``, which only decides who shares the call."""
    together = sorted({arn, *company})
    start = together.index(arn) // BATCH * BATCH
    try:
        return _described(aws, together[start : start + BATCH])[arn]
    except Exception as error:
        if not is_gone(error):
            raise
        return _described(aws, [arn])[arn]  # one of the company has gone, which is no news about this one


def _described(aws: Aws, arns: list[str]) -> dict[str, dict[str, str]]:
    # a poll of the state need not ask again for tags
    answer = aws.seen_from(aws.written).read("elbv2", "describe_tags", ResourceArns=arns)["TagDescriptions"]
    return {described["ResourceArn"]: tags.read(described["Tags"]) for described in answer}


def _named_arns(aws: Aws) -> list[str]:
    """Load balancers and target groups with this environment's names. Who they are may be old news: it only batches."""
    before, prefix = aws.seen_from(0, written=0), f"{aws.ownership.env}-"
    return [
        *(item["LoadBalancerArn"] for item in load_balancers(before) if item["LoadBalancerName"].startswith(prefix)),
        *(item["TargetGroupArn"] for item in target_groups(before) if item["TargetGroupName"].startswith(prefix)),
    ]


def _listener_arns(aws: Aws) -> list[str]:
    """The listeners of this environment's load balancers, likewise."""
    before = aws.seen_from(0, written=0)
    ours = [arn for arn in _named_arns(aws) if _is_load_balancer(arn) and _is_ours(before, arn)]
    return [item["ListenerArn"] for arn in ours for item in listeners(before, arn)]


def _is_load_balancer(arn: str) -> bool:
    return ":loadbalancer/" in arn


def _is_ours(aws: Aws, arn: str) -> bool:
    with unless_gone():
        return _tags(aws, arn, _named_arns(aws)).get(ENVIRONMENT) == aws.ownership.env
    return False
