"""RDS proxies and their further endpoints: their interfaces, and the time they take."""

from __future__ import annotations

from typing import Any

from muvi_provision.sandbox import interfaces, lifecycles
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.databases import found
from muvi_provision.sandbox.databases.objects import Door, Endpoint, Proxy
from muvi_provision.sandbox.databases.pages import paged
from muvi_provision.sandbox.effects.registry import instead
from muvi_provision.sandbox.view import View

_APART = ("DBProxyName", "VpcSubnetIds", "VpcSecurityGroupIds", "Tags")
_DEFAULTS = {"RequireTLS": False, "IdleClientTimeout": 1800, "DebugLogging": False, "DefaultAuthScheme": "NONE"}
POOL = {"MaxConnectionsPercent": 100, "MaxIdleConnectionsPercent": 50, "ConnectionBorrowTimeout": 120}
_CHANGES = ("DefaultAuthScheme", "Auth", "RequireTLS", "IdleClientTimeout", "DebugLogging", "RoleArn")


def _door(view: View, params: dict[str, Any], address: str) -> Door:
    """One interface in each subnet; the default group of the VPC when none is named."""
    subnets = list(params["VpcSubnetIds"])
    vpc = view.find("subnet", subnets[0]).vpc_id
    groups = list(params.get("VpcSecurityGroupIds") or [view.ec2.get_default_security_group(vpc).id])
    made = [interfaces.add(view, one, "RDSProxyNetworkInterface", "interface", groups) for one in subnets]
    for one in made:
        view.ec2.enis[one].requester_id = "amazon-rds"
    return Door(vpc, subnets, groups, made, address)


def _regroup(view: View, door: Door, groups: list[str] | None) -> None:
    if groups:
        door.groups = list(groups)
        for one in door.interfaces:
            interfaces.regroup(view, view.ec2.enis[one], groups)


def proxy_of(call: Call, view: View) -> Proxy:
    return found.proxies(view)[found.plain(call.params["DBProxyName"])]


@instead("rds", "CreateDBProxy")
def made(call: Call, view: View) -> Any:
    params, name = call.params, found.plain(call.params["DBProxyName"])
    identity = found.fresh("prx-")
    one = Proxy(
        found.arn(view, "db-proxy", identity),
        name,
        found.tags_of(params),
        identity,
        _door(view, params, found.address(view, name, "proxy-")),
        _DEFAULTS | {key: value for key, value in params.items() if key not in _APART},
        dict(POOL),
        view.today,
        view.today,
    )
    view.backend("rds").db_proxies[name] = one
    lifecycles.begin_making(view, "db_proxy", one.arn)
    return {"DBProxy": shown_proxy(one)}


def shown_proxy(one: Proxy) -> dict[str, Any]:
    return {
        **{key: one.said[key] for key in (*_DEFAULTS, "EngineFamily", "RoleArn")},
        "Auth": [{"IAMAuth": "DISABLED"} | auth for auth in one.said.get("Auth", ())],
        "DBProxyName": one.name,
        "DBProxyArn": one.arn,
        "Status": one.status,
        "VpcId": one.door.vpc,
        "VpcSubnetIds": one.door.subnets,
        "VpcSecurityGroupIds": one.door.groups,
        "Endpoint": one.door.address,
        "CreatedDate": one.made_at,
        "UpdatedDate": one.changed_at,
        "EndpointNetworkType": "IPV4",
        "TargetConnectionNetworkType": "IPV4",
    }


@instead("rds", "DescribeDBProxies")
def listed(call: Call, view: View) -> Any:
    wanted = found.plain(call.params.get("DBProxyName"))
    held = [shown_proxy(one) for one in found.proxies(view).values() if wanted in ("", one.name)]
    return paged(call, "DBProxies", held)


@instead("rds", "ModifyDBProxy")
def changed(call: Call, view: View) -> Any:
    params, one = call.params, proxy_of(call, view)
    if "NewDBProxyName" in params:
        raise NotImplementedError("a new name of a proxy")
    one.said |= {key: params[key] for key in _CHANGES if key in params}
    _regroup(view, one.door, params.get("SecurityGroups"))
    one.changed_at = view.today
    lifecycles.begin_making(view, "db_proxy_change", one.arn)
    return {"DBProxy": shown_proxy(one)}


@instead("rds", "DeleteDBProxy")
def going(call: Call, view: View) -> Any:
    """Its endpoints go with it; its interfaces linger (aws-reality 4.5 f)."""
    one = proxy_of(call, view)
    lifecycles.begin_deleting(view, "db_proxy", one.arn)
    return {"DBProxy": shown_proxy(one)}


@instead("rds", "CreateDBProxyEndpoint")
def endpoint_made(call: Call, view: View) -> Any:
    params, proxy, name = call.params, proxy_of(call, view), found.plain(call.params["DBProxyEndpointName"])
    one = Endpoint(
        found.arn(view, "db-proxy-endpoint", found.fresh("prx-endpoint-")),
        name,
        found.tags_of(params),
        proxy.name,
        params.get("TargetRole", "READ_WRITE"),
        _door(view, params, found.address(view, name, "endpoint", "proxy-")),
        view.today,
    )
    proxy.endpoints[name] = one
    lifecycles.begin_making(view, "db_proxy_endpoint", one.arn)
    return {"DBProxyEndpoint": _shown_endpoint(one)}


def _shown_endpoint(one: Endpoint) -> dict[str, Any]:
    return {
        "DBProxyEndpointName": one.name,
        "DBProxyEndpointArn": one.arn,
        "DBProxyName": one.proxy,
        "Status": one.status,
        "VpcId": one.door.vpc,
        "VpcSubnetIds": one.door.subnets,
        "VpcSecurityGroupIds": one.door.groups,
        "Endpoint": one.door.address,
        "CreatedDate": one.made_at,
        "TargetRole": one.role,
        "IsDefault": False,
        "EndpointNetworkType": "IPV4",
    }


def _own(one: Proxy) -> dict[str, Any]:
    """The one that a proxy has of itself."""
    arn = one.arn.replace(":db-proxy:prx-", ":db-proxy-endpoint:prx-endpoint-")
    own = Endpoint(arn, one.name, {}, one.name, "READ_WRITE", one.door, one.made_at, one.status)
    return _shown_endpoint(own) | {"IsDefault": True}


@instead("rds", "DescribeDBProxyEndpoints")
def endpoints(call: Call, view: View) -> Any:
    proxy = found.plain(call.params.get("DBProxyName"))
    wanted = found.plain(call.params.get("DBProxyEndpointName"))
    held = [
        endpoint
        for one in found.proxies(view).values()
        if proxy in ("", one.name)
        for endpoint in (_own(one), *(_shown_endpoint(each) for each in one.endpoints.values()))
        if wanted in ("", endpoint["DBProxyEndpointName"])
    ]
    return paged(call, "DBProxyEndpoints", held)


@instead("rds", "ModifyDBProxyEndpoint")
def endpoint_changed(call: Call, view: View) -> Any:
    if "NewDBProxyEndpointName" in call.params:
        raise NotImplementedError("a new name of an endpoint")
    one = found.endpoints(view)[found.plain(call.params["DBProxyEndpointName"])]
    _regroup(view, one.door, call.params.get("VpcSecurityGroupIds"))
    return {"DBProxyEndpoint": _shown_endpoint(one)}


@instead("rds", "DeleteDBProxyEndpoint")
def endpoint_going(call: Call, view: View) -> Any:
    one = found.endpoints(view)[found.plain(call.params["DBProxyEndpointName"])]
    lifecycles.begin_deleting(view, "db_proxy_endpoint", one.arn)
    return {"DBProxyEndpoint": _shown_endpoint(one)}
