"""Tags of many objects in one call, where a service itself tells them one object at a time.

The Resource Groups Tagging API lists what bears this environment's tag in the whole region. It lags, and goes on
showing what is gone (aws-reality 1.3), so it only ever confirms: what it does not show as ours is asked of the service
itself, and so is, before it is deleted, what holds something that nobody could make again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from muvi_provision.aws import tags
from muvi_provision.aws.clients import Aws
from muvi_provision.naming import ENVIRONMENT

ACTION = "tag:GetResources"
KINDS = (
    "acm", "cloudfront", "cloudwatch", "codebuild", "codepipeline", "ecr", "ecs:task-definition", "elasticache",
    "elasticloadbalancing", "events", "lambda", "logs", "rds", "route53", "s3", "servicediscovery", "ssm", "states",
    "wafv2",
)  # fmt: skip


def tags_of(
    aws: Aws, arn: str, address: str, ask: Callable[[], Mapping[str, str]], *, precious: bool = False
) -> Mapping[str, str]:
    """The tags of the object with that ARN and our address; ``ask`` reads them from its own service.

    precious: what is in it would be lost for ever, so whose it is must be certain where that is asked.
    """
    if not (precious and aws.certain) and aws.ownership.owns(listed := _listed(aws, arn), address):
        return listed
    return ask()


def _listed(aws: Aws, arn: str) -> dict[str, str]:
    """The tags that the index shows of that ARN, which it lists with all that bears the environment's tag."""
    found = aws.seen_from(aws.written).listing(  # a poll of a state need not ask again for tags
        "resourcegroupstaggingapi",
        "get_resources",
        "ResourceTagMappingList",
        TagFilters=[{"Key": ENVIRONMENT, "Values": [aws.ownership.env]}],
        ResourceTypeFilters=list(KINDS),
        ResourcesPerPage=100,
    )
    return next((tags.read(each.get("Tags")) for each in found if each["ResourceARN"] == arn), {})
