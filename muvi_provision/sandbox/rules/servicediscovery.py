"""Cloud Map: namespaces, services, and the zones that belong to them."""

from __future__ import annotations

import re

from muvi_provision.sandbox import cloud_map
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.rules.registry import rule
from muvi_provision.sandbox.view import View

_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_DOMAIN = re.compile(rf"{_LABEL}(?:\.{_LABEL})*", re.IGNORECASE)
_SERVICE = "servicediscovery"
_NAMESPACES = ("DeleteNamespace", "GetNamespace", "UpdatePrivateDnsNamespace")
_TAGGED = ("ListTagsForResource", "TagResource", "UntagResource")
_CREATES = ("CreatePrivateDnsNamespace", "CreateService")


@rule(
    _SERVICE,
    "CreatePrivateDnsNamespace",
    "InvalidInput",
    "a namespace's name: a domain of at most 253 characters",
    source="5.8 a",
)
def namespace_name(call: Call, view: View) -> str | None:
    name = str(call.params["Name"])
    good = len(name) <= 253 and _DOMAIN.fullmatch(name)
    return None if good else f"The name {name} is not a domain name of at most 253 characters."


@rule(_SERVICE, "CreatePrivateDnsNamespace", "ResourceLimitExceeded", "50 namespaces a region", source="5.8 i")
def namespace_quota(call: Call, view: View) -> str | None:
    count = len(cloud_map.held(view).namespaces) + len(cloud_map.coming(view))
    return "The limit on the number of namespaces is reached." if count >= view.quotas["namespaces"] else None


@rule(_SERVICE, _NAMESPACES, "NamespaceNotFound", "the namespace is there", 404, source="5.8")
def namespace_missing(call: Call, view: View) -> str | None:
    there = call.params["Id"].rpartition("/")[2] in cloud_map.held(view).namespaces
    return None if there else f"Namespace {call.params['Id']} was not found."


@rule(_SERVICE, "DeleteNamespace", "ResourceInUse", "a namespace with services stays", source="5.8 f")
def namespace_in_use(call: Call, view: View) -> str | None:
    used = cloud_map.services_of(view, call.params["Id"])
    return f"Namespace {call.params['Id']} still contains services." if used else None


@rule(
    _SERVICE,
    "CreateService",
    "NamespaceNotFound",
    "the namespace of a service is there, and not on its way out",
    404,
    source="5.8",
)
def home_missing(call: Call, view: View) -> str | None:
    wanted = call.params.get("NamespaceId") or (call.params.get("DnsConfig") or {}).get("NamespaceId")
    there = wanted in cloud_map.held(view).namespaces and not cloud_map.under_way(view, "DELETE_NAMESPACE", str(wanted))
    return None if there else f"Namespace {wanted} was not found."


@rule(
    _SERVICE,
    "CreateService",
    "InvalidInput",
    "no Route 53 health check in a private namespace",
    source="Cloud Map API: CreateService",
)
def private_health(call: Call, view: View) -> str | None:
    namespace = cloud_map.held(view).namespaces[_home(call)]
    wrong = call.params.get("HealthCheckConfig") and namespace.type == "DNS_PRIVATE"
    return "HealthCheckConfig is for public DNS namespaces and HTTP namespaces only." if wrong else None


@rule(_SERVICE, "CreateService", "InvalidInput", "records of different types, CNAME alone", source="5.8")
def record_types(call: Call, view: View) -> str | None:
    records = (call.params.get("DnsConfig") or {}).get("DnsRecords", ())
    kinds = [one.get("Type") for one in records]
    wrong = len(set(kinds)) < len(kinds) or ("CNAME" in kinds and len(kinds) > 1)
    return "The DNS records must have different types, and CNAME stands alone." if wrong else None


@rule(_SERVICE, "CreateService", "InvalidInput", "an alias is weighted", source="Cloud Map API: DnsConfig")
def routing(call: Call, view: View) -> str | None:
    said = call.params.get("DnsConfig") or {}
    aliases = any(one.get("Type") == "CNAME" for one in said.get("DnsRecords", ()))
    bad = aliases and said.get("RoutingPolicy", "MULTIVALUE") != "WEIGHTED"
    return "The routing policy must be WEIGHTED for CNAME records." if bad else None


@rule(
    _SERVICE,
    "CreateService",
    "InvalidInput",
    "one way to see whether it is well",
    source="Cloud Map API: CreateService",
)
def one_health_check(call: Call, view: View) -> str | None:
    both = call.params.get("HealthCheckConfig") and call.params.get("HealthCheckCustomConfig")
    return "You can specify either HealthCheckConfig or HealthCheckCustomConfig, but not both." if both else None


@rule(
    _SERVICE,
    ("DeleteService", "GetService", "UpdateService", "RegisterInstance"),
    "ServiceNotFound",
    "the service is there",
    404,
    source="5.8",
)
def service_missing(call: Call, view: View) -> str | None:
    wanted = str(call.params.get("Id") or call.params.get("ServiceId"))
    there = wanted in cloud_map.held(view).services
    return None if there else f"Service {wanted} was not found."


@rule(_SERVICE, "DeleteService", "ResourceInUse", "a service with instances stays", source="5.8 f")
def service_in_use(call: Call, view: View) -> str | None:
    used = cloud_map.held(view).services[call.params["Id"]].instances
    return f"Service {call.params['Id']} still contains {len(used)} registered instances." if used else None


@rule(_SERVICE, "UpdateService", "InvalidInput", "records keep their types", source="5.8 g")
def types_kept(call: Call, view: View) -> str | None:
    before = cloud_map.held(view).services[call.params["Id"]].dns_config or {}
    said = call.params["Service"].get("DnsConfig") or {}
    old, new = ({one.get("Type") for one in each.get("DnsRecords", ())} for each in (before, said))
    return "The type of a DNS record cannot be changed." if new - old else None


@rule(_SERVICE, "RegisterInstance", "ResourceLimitExceeded", "1,000 instances a service", source="5.8 i")
def instance_quota(call: Call, view: View) -> str | None:
    held = {one.instance_id for one in cloud_map.held(view).services[call.params["ServiceId"]].instances}
    full = len(held | {call.params["InstanceId"]}) > view.quotas["instances_per_name"]
    return "The limit on the number of instances of the service is reached." if full else None


@rule(
    _SERVICE,
    "RegisterInstance",
    "InvalidInput",
    "an address record has its address",
    source="Cloud Map API: RegisterInstance",
)
def address(call: Call, view: View) -> str | None:
    service = cloud_map.held(view).services[call.params["ServiceId"]]
    kinds = {one.get("Type") for one in (service.dns_config or {}).get("DnsRecords", ())}
    missing = "A" in kinds and not {"AWS_INSTANCE_IPV4", "AWS_ALIAS_DNS_NAME"} & set(call.params["Attributes"])
    return "AWS_INSTANCE_IPV4 is required for A records." if missing else None


@rule(
    _SERVICE, _TAGGED, "ResourceNotFoundException", "what is tagged is there", 404, source="Cloud Map API: TagResource"
)
def tagged_missing(call: Call, view: View) -> str | None:
    there = cloud_map.by_arn(view, call.params["ResourceARN"])
    return None if there is not None else f"The resource {call.params['ResourceARN']} was not found."


@rule(_SERVICE, (*_CREATES, "TagResource"), "TooManyTagsException", "50 tags an object", source="1.5")
def tag_count(call: Call, view: View) -> str | None:
    arn = call.params.get("ResourceARN", "")
    keys = {tag["Key"] for tag in call.params.get("Tags", ())}
    keys |= set(cloud_map.held(view).tagger.get_tag_dict_for_resource(arn))
    return "The list of tags on the resource is over the limit of 50." if len(keys) > 50 else None


@rule("route53", "DeleteHostedZone", "AccessDenied", "a namespace's zone goes with its namespace", 403, source="5.8 b")
def managed_zone(call: Call, view: View) -> str | None:
    zone = view.backend("route53", "aws").zones.get(str(call.params["Id"]).rpartition("/")[2])
    owner = getattr(zone, "managed_by", None)
    return f"The resource {call.params['Id']} can only be managed through AWS Cloud Map ({owner})" if owner else None


def _home(call: Call) -> str:
    return str(call.params.get("NamespaceId") or call.params["DnsConfig"]["NamespaceId"])
