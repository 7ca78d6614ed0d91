"""What the dashboard shows: which graphs, of which figures, and where each stands on the page. Pure.

Facts: aws-reality 7.5 and 8.1. What has a name that is known before is named and not stood on: the
page does not wait for a function's code, and one database that cannot be made does not cost the page.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from muvi_provision.aws.services import WORLDWIDE
from muvi_provision.day1_network.gateways import NatGateway
from muvi_provision.day1_network.load_balancers import LoadBalancer
from muvi_provision.day2_data.aurora import AuroraCluster
from muvi_provision.day2_data.redis import ReplicationGroup
from muvi_provision.day3_compute.cluster import EcsCluster
from muvi_provision.day3_compute.services import EcsService
from muvi_provision.day4_edge.distributions import Distribution
from muvi_provision.day4_edge.firewall import WebAcl
from muvi_provision.day5_serverless import dimensions
from muvi_provision.day5_serverless.functions import Function
from muvi_provision.environment import Environment
from muvi_provision.naming import physical
from muvi_provision.resource import Resource, Unknown

WIDTH, HEIGHT, IN_A_ROW, HEADING = 8, 6, 3, 2  # of a page that is 24 wide
Lines = Mapping[str, Mapping[str, Any]]  # dimensions by the label of a line


def graphs(environment: Environment) -> tuple[dict[str, Any], ...]:
    """Each graph: title, region, statistic, seconds between two points, and lines of (namespace, metric, label, of)."""
    parts = (_balancers, _services, _databases, _caches, _functions, _ways_out, _distributions, _firewall)
    return tuple(graph for part in parts for graph in part(environment) if graph["lines"])


def widgets(shown: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The graphs as CloudWatch takes them, three in a row below the heading."""
    return [_widget(graph, place) for place, graph in enumerate(shown)]


def heading(text: str) -> dict[str, Any]:
    """The line above them, in Markdown."""
    whole = {"x": 0, "y": 0, "width": WIDTH * IN_A_ROW, "height": HEADING}
    return {"type": "text", **whole, "properties": {"markdown": text}}


def _widget(graph: Mapping[str, Any], place: int) -> dict[str, Any]:
    row, column = divmod(place, IN_A_ROW)
    where = {"x": column * WIDTH, "y": HEADING + row * HEIGHT, "width": WIDTH, "height": HEIGHT}
    shown = {
        "title": graph["title"],
        "view": "timeSeries",
        "stacked": False,
        "region": graph["region"],
        "stat": graph["stat"],
        "period": graph["period"],
        "metrics": [_line(line) for line in graph["lines"]],
    }
    return {"type": "metric", **where, "properties": shown}


def _line(line: Mapping[str, Any]) -> list[Any]:
    """``[namespace, metric, dimension, value, …, {"label": …}]``."""
    of = dimensions.spelt(line["of"])
    return [
        line["namespace"],
        line["metric"],
        *(part for pair in of.items() for part in pair),
        {"label": line["label"]},
    ]


def _balancers(environment: Environment) -> Iterator[dict[str, Any]]:
    of = {name: {"LoadBalancer": _id(LoadBalancer, name)} for name in environment.load_balancers}
    draw = _drawing("AWS/ApplicationELB", environment.region)
    yield draw("Requests", "Sum", of, "RequestCount")
    yield draw("Answers that were errors (5xx)", "Sum", of, "HTTPCode_Target_5XX_Count", "HTTPCode_ELB_5XX_Count")
    yield draw("Seconds to answer, 95 of 100 requests", "p95", of, "TargetResponseTime")


def _services(environment: Environment) -> Iterator[dict[str, Any]]:
    cluster = _named(environment, EcsCluster, "main")
    of = {
        name: {"ClusterName": cluster, "ServiceName": _named(environment, EcsService, name)}
        for name in environment.services
    }
    draw = _drawing("AWS/ECS", environment.region)
    yield draw("Services: processor, per cent", "Average", of, "CPUUtilization")
    yield draw("Services: memory, per cent", "Average", of, "MemoryUtilization")
    # each copy tells its processor once a minute, so the number of tellings is that of copies, at no price
    yield draw("Services: copies that run", "SampleCount", of, "CPUUtilization")


def _databases(environment: Environment) -> Iterator[dict[str, Any]]:
    of = {name: {"DBClusterIdentifier": _named(environment, AuroraCluster, name)} for name in environment.databases}
    draw = _drawing("AWS/RDS", environment.region)
    yield draw("Databases: processor, per cent", "Average", of, "CPUUtilization")
    yield draw("Databases: connections", "Average", of, "DatabaseConnections")


def _caches(environment: Environment) -> Iterator[dict[str, Any]]:
    """Of the first node of each, which is the only one or the one that is written to."""
    of = {
        name: {"CacheClusterId": f"{_named(environment, ReplicationGroup, name)}-001"}
        for name in environment.cache_clusters
    }
    draw = _drawing("AWS/ElastiCache", environment.region)
    yield draw("Caches: processor, per cent", "Average", of, "EngineCPUUtilization")
    yield draw("Caches: entries thrown out", "Sum", of, "Evictions")


def _functions(environment: Environment) -> Iterator[dict[str, Any]]:
    of = {name: {"FunctionName": _named(environment, Function, name)} for name in environment.functions}
    draw = _drawing("AWS/Lambda", environment.region)
    yield draw("Functions: runs", "Sum", of, "Invocations")
    yield draw("Functions: runs that failed", "Sum", of, "Errors")
    yield draw("Functions: milliseconds, 95 of 100 runs", "p95", of, "Duration")


def _ways_out(environment: Environment) -> Iterator[dict[str, Any]]:
    of = {plan.name: {"NatGatewayId": _id(NatGateway, plan.name)} for plan in environment.nat_gateways}
    draw = _drawing("AWS/NATGateway", environment.region)
    yield draw("NAT gateways: bytes out and back", "Sum", of, "BytesOutToDestination", "BytesInFromDestination")


def _distributions(environment: Environment) -> Iterator[dict[str, Any]]:
    of = {name: {"DistributionId": _id(Distribution, name), "Region": "Global"} for name in environment.distributions}
    draw = _drawing("AWS/CloudFront", WORLDWIDE)
    yield draw("CloudFront: requests", "Sum", of, "Requests")
    yield draw("CloudFront: errors (5xx), per cent", "Average", of, "5xxErrorRate")


def _firewall(environment: Environment) -> Iterator[dict[str, Any]]:
    """A firewall for CloudFront is the one kind whose figures name no region."""
    acl = {"WebACL": _named(environment, WebAcl, "edge"), "Rule": "ALL"}
    of = {"edge": acl} if environment.firewall else {}
    yield _drawing("AWS/WAFV2", WORLDWIDE)("Firewall: requests kept out", "Sum", of, "BlockedRequests")


def _drawing(namespace: str, region: str) -> Any:
    """Makes graphs of one service's figures: ``(title, statistic, lines, metric, …)``."""

    def draw(title: str, stat: str, of: Lines, *metrics: str) -> dict[str, Any]:
        lines = tuple(
            {"namespace": namespace, "metric": metric, "label": _label(name, metric, metrics), "of": where}
            for metric in metrics
            for name, where in of.items()
        )
        return {"title": title, "region": region, "stat": stat, "period": 60, "lines": lines}

    return draw


def _label(name: str, metric: str, metrics: tuple[str, ...]) -> str:
    return name if len(metrics) == 1 else f"{name} {metric}"


def _named(environment: Environment, kind: type[Resource], name: str) -> str:
    return physical(environment.name, name, kind.declared.name_limit)


def _id(kind: type[Resource], name: str) -> Any:
    return Unknown(f"{kind.declared.kind}/{name}", "id")
