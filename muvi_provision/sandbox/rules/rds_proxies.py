"""RDS proxies, their endpoints and their targets."""

from __future__ import annotations

from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.databases import found
from muvi_provision.sandbox.databases.objects import Cluster, Proxy
from muvi_provision.sandbox.rules.rds_groups import subnets_of, zones_of
from muvi_provision.sandbox.rules.registry import rule
from muvi_provision.sandbox.view import View


def _proxy(call: Call, view: View) -> Proxy | None:
    return found.proxies(view).get(found.plain(call.params.get("DBProxyName")))


@rule("rds", "CreateDBProxy", "DBProxyAlreadyExistsFault", "names of proxies are unique", source="4.5 c")
def proxy_exists(call: Call, view: View) -> str | None:
    return f"DB proxy {call.params['DBProxyName']} already exists." if _proxy(call, view) else None


@rule("rds", "CreateDBProxy", "DBProxyQuotaExceededFault", "a region holds 20 proxies", source="4.5 i")
def too_many_proxies(call: Call, view: View) -> str | None:
    full = len(found.proxies(view)) >= view.quotas["db_proxies"]
    return "The quota for DB proxies has been exceeded." if full else None


@rule(
    "rds",
    ("CreateDBProxy", "CreateDBProxyEndpoint"),
    "InvalidSubnet",
    "a proxy is in two zones or more",
    source="4.5 h",
)
def proxy_zones(call: Call, view: View) -> str | None:
    few = len(zones_of(call, view)) < 2
    return "DBProxy subnets must cover at least two Availability Zones." if few else None


@rule("rds", "CreateDBProxyEndpoint", "InvalidSubnet", "an endpoint is in its proxy's VPC", source="4.5 h")
def endpoint_elsewhere(call: Call, view: View) -> str | None:
    one, subnets = _proxy(call, view), [view.find("subnet", wanted) for wanted in subnets_of(call)]
    other = one is not None and any(subnet.vpc_id != one.door.vpc for subnet in subnets if subnet is not None)
    return "The subnets are not in the VPC of the DB proxy." if other else None


@rule("rds", "CreateDBProxy", "InvalidParameterCombination", "a proxy knows at least one secret", source="4.5 e")
def proxy_secret(call: Call, view: View) -> str | None:
    iam = call.params.get("DefaultAuthScheme") == "IAM_AUTH"
    secrets = [one for one in call.params.get("Auth", ()) if one.get("SecretArn")]
    return None if iam or secrets else "Auth must have at least one entry with a SecretArn."


@rule(
    "rds",
    ("CreateDBProxy", "ModifyDBProxy"),
    "InvalidParameterValue",
    "a client is idle for 1 second to 8 hours",
    source="RDS API: CreateDBProxy, IdleClientTimeout",
)
def idle(call: Call, view: View) -> str | None:
    seconds = int(call.params.get("IdleClientTimeout", 1800))
    return None if 1 <= seconds <= 28_800 else "IdleClientTimeout must be between 1 and 28800."


@rule(
    "rds",
    ("ModifyDBProxy", "ModifyDBProxyTargetGroup", "RegisterDBProxyTargets", "CreateDBProxyEndpoint"),
    "InvalidDBProxyStateFault",
    "a proxy that is changed, or given something, is available",
    source="4.5 e",
)
def proxy_busy(call: Call, view: View) -> str | None:
    one = _proxy(call, view)
    if one is None or one.status == "available":
        return None
    return f"DB proxy {one.name} is in an unsupported state - {one.status.upper()}, needs to be in [AVAILABLE]"


@rule(
    "rds",
    "DeleteDBProxy",
    "InvalidDBProxyStateFault",
    "a proxy is not deleted twice, nor while it is being made",
    source="8.3",
)
def proxy_not_deletable(call: Call, view: View) -> str | None:
    one = _proxy(call, view)
    busy = one is not None and one.status in ("creating", "modifying", "deleting")
    return f"DB proxy {one.name} is {one.status}." if busy and one is not None else None


@rule(
    "rds",
    "ModifyDBProxyTargetGroup",
    "InvalidParameterValue",
    "percentages and seconds of the pool are in range",
    source="RDS API: ConnectionPoolConfiguration",
)
def pool(call: Call, view: View) -> str | None:
    one = _proxy(call, view)
    said = (one.pool if one is not None else {}) | call.params.get("ConnectionPoolConfig", {})
    most, idle_ones = int(said.get("MaxConnectionsPercent", 100)), int(said.get("MaxIdleConnectionsPercent", 0))
    if not 1 <= most <= 100:
        return "MaxConnectionsPercent must be between 1 and 100."
    if not 0 <= idle_ones <= most:
        return "MaxIdleConnectionsPercent must be between 0 and MaxConnectionsPercent."
    good = 0 <= int(said.get("ConnectionBorrowTimeout", 120)) <= 300
    return None if good else "ConnectionBorrowTimeout must be between 0 and 300."


def _named(call: Call, view: View) -> list[Cluster]:
    names = [found.plain(one) for one in call.params.get("DBClusterIdentifiers", ())]
    return [one for name, one in found.clusters(view).items() if name in names]


@rule(
    "rds",
    "RegisterDBProxyTargets",
    "InvalidParameterCombination",
    "clusters or instances are named, not both",
    source="RDS API: RegisterDBProxyTargets",
)
def targets_named(call: Call, view: View) -> str | None:
    kinds = [one for one in ("DBClusterIdentifiers", "DBInstanceIdentifiers") if call.params.get(one)]
    return None if len(kinds) == 1 else "Specify either DBClusterIdentifiers or DBInstanceIdentifiers."


@rule(
    "rds",
    "RegisterDBProxyTargets",
    "DBClusterNotFoundFault",
    "the cluster that is registered is there",
    status=404,
    source="1.1",
)
def target_there(call: Call, view: View) -> str | None:
    missing = {found.plain(one) for one in call.params.get("DBClusterIdentifiers", ())} - set(found.clusters(view))
    return f"DBCluster {sorted(missing)[0]} not found." if missing else None


@rule(
    "rds",
    "RegisterDBProxyTargets",
    "InvalidDBClusterStateFault",
    "the cluster that is registered is available",
    source="RDS API: RegisterDBProxyTargets, InvalidDBClusterStateFault",
)
def target_busy(call: Call, view: View) -> str | None:
    busy = [one.name for one in _named(call, view) if one.status not in ("available", "modifying")]
    return f"DB cluster {busy[0]} is not available." if busy else None


@rule(
    "rds", "RegisterDBProxyTargets", "InvalidDBInstanceState", "the instances of a target are available", source="4.5 e"
)
def target_instances(call: Call, view: View) -> str | None:
    held = [one for cluster in _named(call, view) for one in found.members(view, cluster.name)]
    busy = [one for one in held if one.status not in ("available", "modifying")]
    if not busy:
        return None
    state = busy[0].status.upper()
    return f"DB Instance {busy[0].name} is in an unsupported state - {state}, needs to be in [AVAILABLE, MODIFYING]"


@rule(
    "rds", "RegisterDBProxyTargets", "DBProxyTargetAlreadyRegisteredFault", "a proxy has one cluster", source="4.5 c, i"
)
def target_registered(call: Call, view: View) -> str | None:
    one = _proxy(call, view)
    held = sorted(one.registered) if one is not None else []
    return f"The proxy already has the target {held[0]}." if held else None


@rule("rds", "RegisterDBProxyTargets", "InvalidParameterValue", "a proxy is in the VPC of its cluster", source="4.5 h")
def target_elsewhere(call: Call, view: View) -> str | None:
    one = _proxy(call, view)
    vpcs = {found.subnet_groups(view)[cluster.subnet_group].vpc for cluster in _named(call, view)}
    return "DBProxy and its targets must be in the same VPC." if one is not None and vpcs - {one.door.vpc} else None


@rule(
    "rds",
    "DeregisterDBProxyTargets",
    "DBProxyTargetNotFoundFault",
    "what is taken away was there",
    status=404,
    source="RDS API: DeregisterDBProxyTargets, DBProxyTargetNotFoundFault",
)
def target_unknown(call: Call, view: View) -> str | None:
    one = _proxy(call, view)
    named = {found.plain(name) for name in call.params.get("DBClusterIdentifiers", ())}
    missing = sorted(named - set(one.registered)) if one is not None else []
    return f"The target {missing[0]} is not registered." if missing else None


@rule(
    "rds",
    "CreateDBProxyEndpoint",
    "DBProxyEndpointAlreadyExistsFault",
    "names of endpoints are unique",
    source="RDS API: CreateDBProxyEndpoint",
)
def endpoint_exists(call: Call, view: View) -> str | None:
    name = found.plain(call.params["DBProxyEndpointName"])
    taken = name in found.endpoints(view) or name in found.proxies(view)
    return f"DB proxy endpoint {name} already exists." if taken else None


@rule("rds", "CreateDBProxyEndpoint", "DBProxyEndpointQuotaExceededFault", "a proxy has 20 endpoints", source="4.5 i")
def too_many_endpoints(call: Call, view: View) -> str | None:
    one = _proxy(call, view)
    full = one is not None and len(one.endpoints) + 1 >= 20  # its own counts
    return "The quota for endpoints of a DB proxy has been exceeded." if full else None


@rule(
    "rds",
    ("ModifyDBProxyEndpoint", "DeleteDBProxyEndpoint"),
    "InvalidDBProxyEndpointStateFault",
    "an endpoint that is changed or deleted is available, and is not the proxy's own",
    source="8.3",
)
def endpoint_busy(call: Call, view: View) -> str | None:
    name = found.plain(call.params["DBProxyEndpointName"])
    if name in found.proxies(view):
        return "The default endpoint of a DB proxy cannot be changed or deleted."
    one = found.endpoints(view).get(name)
    busy = one is not None and one.status in ("creating", "deleting")
    return f"DB proxy endpoint {name} is {one.status}." if busy and one is not None else None
