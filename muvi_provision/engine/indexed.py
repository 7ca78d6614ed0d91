"""The index of tags: everything that bears this environment's, and what of it is recorded.

It lags, and goes on showing what is gone (aws-reality 1.3, 9): whoever shows any of it asks its own service first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from muvi_provision.aws import tags
from muvi_provision.aws.clients import Aws
from muvi_provision.aws.services import WORLDWIDE
from muvi_provision.naming import ADDRESS, ENVIRONMENT, LINEAGE
from muvi_provision.state.records import Record

SHADOWS = (
    "ecs:task", "ecs:task-definition", "ec2:network-interface", "elasticache:cluster", "elasticache:snapshot",
    "rds:cluster-snapshot", "rds:snapshot", "rds:cluster-auto-backup", "rds:auto-backup",
)  # fmt: skip
"""What bears the tags of the one that made it, and goes with it."""


@dataclass(frozen=True)
class Tagged:
    """One entry of the index, in the region where it was found."""

    arn: str
    region: str
    tags: Mapping[str, str]

    @property
    def address(self) -> str:
        return self.tags.get(ADDRESS, "")

    @property
    def lineage(self) -> str:
        return self.tags.get(LINEAGE, "")

    @property
    def sort(self) -> str:
        """``ec2:vpc``: service and type, as the ARN has them."""
        parts = [*self.arn.split(":", 5), "", "", "", "", "", ""]
        return f"{parts[2]}:{parts[5].replace(':', '/').partition('/')[0]}"


def ids(arn: str) -> list[str]:
    """What a class may know it by: the ARN, or what stands behind some mark in it."""
    rest = arn.split(":", 5)[-1]
    own = rest.partition("/")[2] or rest.partition(":")[2] or rest
    ends = [rest.rpartition("/")[2], rest.rpartition(":")[2], own, f"/{own}", rest.partition(":")[2]]
    return list(dict.fromkeys(each for each in (arn, *ends) if each and each != "/"))


def indexed(aws: Aws) -> Iterator[Tagged]:
    """All that bears the environment's tag, whatever its lineage, there and where AWS keeps what is in no region."""
    for region in dict.fromkeys((aws.region, WORLDWIDE)):
        found = replace(aws, region=region).listing(
            "resourcegroupstaggingapi",
            "get_resources",
            "ResourceTagMappingList",
            TagFilters=[{"Key": ENVIRONMENT, "Values": [aws.ownership.env]}],
            ResourcesPerPage=100,
        )
        yield from (Tagged(each["ResourceARN"], region, tags.read(each.get("Tags"))) for each in found)


def is_recorded(tagged: Tagged, records: Mapping[str, Record], lineage: str) -> bool:
    """Whether it is the one that is recorded under its address, or something that this one has made itself."""
    record = records.get(tagged.address)
    if record is None or tagged.lineage != lineage:
        return False
    if tagged.sort in SHADOWS or record.id is None:
        return True
    known = {str(value) for value in record.values().values() if value}
    return tagged.arn in known or not known.isdisjoint(ids(tagged.arn))


def by_themselves(found: Iterable[Tagged]) -> Iterator[Tagged]:
    """Without tasks and the like, which are not deleted by themselves."""
    return (each for each in found if each.sort not in SHADOWS or each.sort == "ecs:task-definition")
