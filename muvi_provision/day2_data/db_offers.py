"""What the region has of Aurora PostgreSQL: versions and classes, asked before anything is made.

Facts: aws-reality 0.2, 2.3, 4.4.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from muvi_provision.aws.clients import Aws
from muvi_provision.errors import AwsRefused
from muvi_provision.pricing import prices
from muvi_provision.pricing.price_list import priced_in

ENGINE = "aurora-postgresql"
SHOWN = 4  # alternatives in one sentence


def is_pinned(version: str) -> bool:
    """Whether it is one version (14.22) and not the newest of many (14)."""
    return "." in version


def newest(aws: Aws, version: str) -> str:
    """The version itself if it is pinned, else the newest of that major version that the region has.

    Raises AwsRefused when there is none.
    """
    if is_pinned(version):
        return version
    found = available(aws, version)
    if not found:
        raise AwsRefused(f"there is no Aurora PostgreSQL {version} in {aws.region}", next=("muvi config show",))
    return found[0]


def available(aws: Aws, version: str) -> list[str]:
    """The versions of the same major one that can be had, newest first."""
    major = version.partition(".")[0]
    every = aws.listing("rds", "describe_db_engine_versions", "DBEngineVersions", Engine=ENGINE)
    names = [each["EngineVersion"] for each in every if each.get("Status", "available") == "available"]
    return sorted((name for name in names if name.startswith(f"{major}.")), key=_minor, reverse=True)


def require_version(aws: Aws, version: str, where: str) -> None:
    """Raises AwsRefused, with what there is, for a version that the region does not have or no longer has."""
    found = available(aws, version)
    if found and (version in found or not is_pinned(version)):
        return
    there_is = ", ".join(found[:SHOWN])
    raise AwsRefused(
        f"there is no Aurora PostgreSQL {version} in {aws.region}" + (f"; there are {there_is}" if found else ""),
        where=where,
        why="AWS does not offer it there, or not any more",
        next=("muvi config show",),
    )


def require_class(aws: Aws, instance_class: str, version: str, where: str) -> None:
    """Raises AwsRefused, with the cheapest that there are, for a class that cannot be ordered."""
    if _orderable(aws, version, DBInstanceClass=instance_class):
        return
    every = {each["DBInstanceClass"] for each in _orderable(aws, version)}
    raise AwsRefused(
        f"{instance_class} cannot be ordered for Aurora PostgreSQL in {aws.region}: {_choice(every, aws.region)}",
        where=where,
        why="AWS does not offer that class there for this version",
        next=("muvi config show",),
    )


def price_id(instance_class: str) -> str:
    """``aurora.pg.t4g.medium`` for ``db.t4g.medium``."""
    return f"aurora.pg.{instance_class.removeprefix('db.')}"


def _orderable(aws: Aws, version: str, **chosen: str) -> list[dict[str, Any]]:
    said = {"Engine": ENGINE, "EngineVersion": newest(aws, version), **chosen}
    return aws.listing("rds", "describe_orderable_db_instance_options", "OrderableDBInstanceOptions", **said)


def _choice(classes: set[str], region: str) -> str:
    found = cheapest({each: price_id(each) for each in classes}, region)
    return f"choose {found}" if found else "it offers none whose price is known"


def cheapest(ids: dict[str, str], region: str) -> str:
    """``db.t4g.medium (0.11 USD an hour), ...``: names with a known price, by their ids in the list, cheapest first."""
    where, known = priced_in(region), prices()
    priced: dict[str, Decimal] = {
        name: known[price].by_region[where]
        for name, price in ids.items()
        if price in known and where in known[price].by_region
    }
    first = sorted(priced, key=lambda name: (priced[name], name))[:SHOWN]
    return ", ".join(f"{name} ({priced[name]} USD an hour)" for name in first)


def _minor(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdecimal())
