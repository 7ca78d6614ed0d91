"""What of Aurora PostgreSQL can be had here: its versions, how long they are supported, its instance classes."""

from __future__ import annotations

from typing import Any

from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.databases import classes, engines
from muvi_provision.sandbox.databases.found import ENGINE
from muvi_provision.sandbox.databases.pages import paged
from muvi_provision.sandbox.effects.registry import instead
from muvi_provision.sandbox.view import View


@instead("rds", "DescribeDBEngineVersions")
def versions(call: Call, view: View) -> Any:
    """aws-reality 4.4: the major alone means all of its versions; DefaultOnly leaves one."""
    said = call.params
    if said.get("Engine", ENGINE) != ENGINE:
        raise NotImplementedError(said["Engine"])
    wanted, everything = said.get("EngineVersion", ""), bool(said.get("IncludeAll"))
    found = [one for one in engines.listed(everything=everything) if wanted in ("", engines.MAJOR, one)]
    if said.get("DefaultOnly"):
        found = [one for one in found if one == engines.DEFAULT]
    if family := said.get("DBParameterGroupFamily"):
        found = [one for one in found if engines.family(one) == family]
    return paged(call, "DBEngineVersions", [engines.described(one) for one in found])


@instead("rds", "DescribeDBMajorEngineVersions")
def majors(call: Call, view: View) -> Any:
    wanted, engine = call.params.get("MajorEngineVersion", engines.MAJOR), call.params.get("Engine", ENGINE)
    one = {"Engine": ENGINE, "MajorEngineVersion": engines.MAJOR, "SupportedEngineLifecycles": engines.lifecycles()}
    return paged(call, "DBMajorEngineVersions", [one] if (engine, wanted) == (ENGINE, engines.MAJOR) else [])


@instead("rds", "DescribeOrderableDBInstanceOptions")
def orderable(call: Call, view: View) -> Any:
    """aws-reality 2.3; a class that is not offered, or a version that is not, gives an empty list."""
    if call.params["Engine"] != ENGINE:
        raise NotImplementedError(call.params["Engine"])
    version, instance_class = call.params.get("EngineVersion"), call.params.get("DBInstanceClass")
    found = [
        classes.described(view, one, each)
        for each in engines.listed(everything=False)
        for one in classes.offered(view.region)
        if version in (None, each) and instance_class in (None, one)
    ]
    return paged(call, "OrderableDBInstanceOptions", found)
