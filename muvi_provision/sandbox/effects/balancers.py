"""Load balancers and listeners: their network interfaces, and who uses what."""

from __future__ import annotations

from typing import Any

from muvi_provision.sandbox import interfaces, letting_go, lifecycles
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.effects.registry import after, amend, instead
from muvi_provision.sandbox.rules import elbv2 as rules
from muvi_provision.sandbox.view import View

_ATTRIBUTES = {  # aws-reality 3.9 g, and the model of botocore: what a new one has
    "access_logs.s3.enabled": "false",
    "client_keep_alive.seconds": "3600",
    "connection_logs.s3.enabled": "false",
    "health_check_logs.s3.enabled": "false",
    "idle_timeout.timeout_seconds": "60",
    "load_balancing.cross_zone.enabled": "true",
    "routing.http.desync_mitigation_mode": "defensive",
    "routing.http.drop_invalid_header_fields.enabled": "false",
    "routing.http.preserve_host_header.enabled": "false",
    "routing.http.x_amzn_tls_version_and_cipher_suite.enabled": "false",
    "routing.http.xff_client_port.enabled": "false",
    "routing.http.xff_header_processing.mode": "append",
    "routing.http2.enabled": "true",
    "waf.fail_open.enabled": "false",
    "zonal_shift.config.enabled": "false",
}
_ZONES = {  # aws-reality 2.1: where the names of a region's application load balancers are; AWS's own ids
    "ap-south-1": "ZP97RAFLXTNZK",
    "eu-central-1": "Z215JYRZR1TBD5",
    "me-central-1": "Z08230872XQRWHG2XF6I",
    "us-east-1": "Z35SXDOTRQ7X7K",
}


_LIMITS = {  # as ELBv2 calls what quotas.py names
    "application-load-balancers": "load_balancers",
    "listeners-per-application-load-balancer": "listeners_per_load_balancer",
    "rules-per-application-load-balancer": "rules_per_load_balancer",
    "certificates-per-application-load-balancer": "certificates_per_load_balancer",
    "targets-per-application-load-balancer": "targets_per_load_balancer",
    "target-groups": "target_groups",
}


@instead("elbv2", "DescribeAccountLimits")
def limits(call: Call, view: View) -> Any:
    """Those that are really enforced."""
    return {"Limits": [{"Name": name, "Max": str(view.quotas[ours])} for name, ours in _LIMITS.items()]}


@instead("elbv2", "CreateLoadBalancer")
def same_balancer(call: Call, view: View) -> Any:
    """aws-reality 3.9 c: the same settings again give the one that is there."""
    there = [one for one in view.all("load_balancer") if one.name == call.params["Name"]]
    return {"LoadBalancers": there} if there else None


@amend("elbv2", "CreateLoadBalancer")
def balancer_defaults(call: Call, view: View, params: dict[str, Any]) -> None:
    params.setdefault("Scheme", "internet-facing")
    params.setdefault("Type", "application")
    if not params.get("SecurityGroups") and params["Type"] == "application":
        vpc = view.find("subnet", rules.subnets_of(call)[0]).vpc_id
        params["SecurityGroups"] = [view.ec2.get_default_security_group(vpc).id]


@after("elbv2", "CreateLoadBalancer")
def balancer_made(call: Call, view: View, result: Any) -> None:
    balancer = result["LoadBalancers"][0]
    balancer.attrs = {**balancer.attrs, **_ATTRIBUTES}
    prefix = "internal-" if balancer.scheme == "internal" else ""  # aws-reality 3.9 a
    number = int(balancer.arn[-8:], 16)
    if balancer.type == "application" and view.region in _ZONES:
        balancer.canonical_hosted_zone_id = _ZONES[view.region]
    balancer.dns_name = f"{prefix}{balancer.name}-{number}.{view.region}.elb.amazonaws.com"
    place(view, balancer)
    lifecycles.begin_making(view, "load_balancer", balancer.arn)


@after("elbv2", ("SetSubnets", "SetSecurityGroups"))
def balancer_moved(call: Call, view: View, result: Any) -> None:
    place(view, view.find("load_balancer", call.params["LoadBalancerArn"]))


@amend("elbv2", "DeleteLoadBalancer")
def balancer_going(call: Call, view: View, params: dict[str, Any]) -> None:
    """aws-reality 3.9 f: it is gone at once, its interfaces linger; to delete a missing one is no error."""
    balancer = view.find("load_balancer", call.params["LoadBalancerArn"])
    if balancer is not None:
        for arn in (
            balancer.arn,
            *balancer.listeners,
            *(one.arn for item in balancer.listeners.values() for one in item.rules.values()),
        ):
            view.elb.tagging_service.delete_all_tags_for_resource(arn)
        lifecycles.begin_deleting(view, "load_balancer", balancer.arn)


@instead("elbv2", "CreateListener")
def same_listener(call: Call, view: View) -> Any:
    """aws-reality 3.12 c."""
    balancer = view.find("load_balancer", call.params["LoadBalancerArn"])
    there = [one for one in balancer.listeners.values() if int(one.port) == int(call.params.get("Port", 0))]
    return {"Listeners": there} if there else None


@amend("elbv2", "CreateListener")
def listener_defaults(call: Call, view: View, params: dict[str, Any]) -> None:
    if params.get("Protocol") == "HTTPS":
        params.setdefault("SslPolicy", "ELBSecurityPolicy-2016-08")  # aws-reality 3.12 g


@after("elbv2", ("CreateListener", "ModifyListener"))
def listener_made(call: Call, view: View, result: Any) -> None:
    """Over HTTP there is neither policy nor certificate; the emulator would keep those of a listener that was HTTPS."""
    for listener in result["Listeners"]:
        if listener.protocol == "HTTP":
            listener.ssl_policy = None
            listener.certificates = []


@amend("elbv2", ("DeleteListener", "DeleteRule"))
def tags_going(call: Call, view: View, params: dict[str, Any]) -> None:
    view.elb.tagging_service.delete_all_tags_for_resource(call.params.get("ListenerArn") or call.params["RuleArn"])


@after(
    "elbv2",
    (
        "CreateListener",
        "ModifyListener",
        "DeleteListener",
        "CreateRule",
        "ModifyRule",
        "DeleteRule",
        "DeleteLoadBalancer",
    ),
)
@after("elbv2", ("AddListenerCertificates", "RemoveListenerCertificates"))
def counted_anew(call: Call, view: View, result: Any) -> None:
    """Who uses a target group or a certificate; the emulator adds to these lists and never takes away."""
    letting_go.recount_groups(view)
    letting_go.recount_certificates(view)


def place(view: View, balancer: Any) -> None:
    """One interface in each subnet, with the balancer's groups."""
    description = interfaces.description_of(balancer)
    there = {one.subnet_id: one for one in interfaces.of_balancer(view, description)}
    wanted = [one.id for one in balancer.subnets]
    for subnet in set(there) - set(wanted):
        interfaces.drop(view, there[subnet].id)
    for subnet in wanted:
        if subnet in there:
            interfaces.regroup(view, there[subnet], balancer.security_groups)
        else:
            public = balancer.scheme == "internet-facing"
            interfaces.add(view, subnet, description, "interface", balancer.security_groups, public=public)
