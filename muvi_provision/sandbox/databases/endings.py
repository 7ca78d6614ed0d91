"""How long Aurora's objects take, and what follows when they are ready or gone.

Seconds are AWS's: aws-reality 4.2 b, 4.3 b and f, 4.5 b and f, 8.3; the middle where it gives a range.
"""

from __future__ import annotations

from muvi_provision.sandbox import interfaces, lifecycles
from muvi_provision.sandbox.databases import master
from muvi_provision.sandbox.databases.found import clusters, instances, members, plain, proxies
from muvi_provision.sandbox.databases.objects import Endpoint
from muvi_provision.sandbox.lifecycles import Lifecycle, register
from muvi_provision.sandbox.objects import Kind
from muvi_provision.sandbox.objects import register as register_kind
from muvi_provision.sandbox.view import View

LINGER = "rds_interface"
SNAPSHOT_S = 180


def let_go(view: View, wanted: str) -> None:
    """An interface that goes a little later than what it belonged to (4.5 f)."""
    lifecycles.begin_deleting(view, LINGER, wanted)


def _end_cluster(view: View, wanted: str) -> None:
    """Its automated backups are gone with it (4.2 f), and a proxy has no target any more."""
    name = plain(wanted)
    gone = view.backend("rds").clusters.pop(name, None)
    if gone is not None:
        master.forget(view, gone)
    for proxy in proxies(view).values():
        proxy.registered.pop(name, None)


def _end_instance(view: View, wanted: str) -> None:
    gone = view.backend("rds").databases.pop(plain(wanted), None)
    if gone is None:
        return
    interfaces.drop(view, gone.interface)
    cluster = clusters(view).get(gone.cluster)
    if cluster is not None and cluster.writer == gone.name:
        left = [one.name for one in members(view, cluster.name) if one.status != "deleting"]
        cluster.writer = left[0] if left else ""


def _end_proxy(view: View, wanted: str) -> None:
    for proxy in [one for one in proxies(view).values() if one.arn == wanted]:
        view.backend("rds").db_proxies.pop(proxy.name)
        for interface in proxy.door.interfaces:
            let_go(view, interface)
        for one in list(proxy.endpoints.values()):
            _free_endpoint(view, one)
        for left in proxy.registered.values():
            view.books.phases.pop((view.region, left.arn), None)


def _end_endpoint(view: View, wanted: str) -> None:
    for proxy in proxies(view).values():
        for one in [one for one in proxy.endpoints.values() if one.arn == wanted]:
            del proxy.endpoints[one.name]
            _free_endpoint(view, one)


def _free_endpoint(view: View, one: Endpoint) -> None:
    view.books.phases.pop((view.region, one.arn), None)
    for interface in one.door.interfaces:
        let_go(view, interface)


def _stopped(view: View, wanted: str) -> None:
    """0.8: it starts by itself after seven days."""
    follow(view, wanted, "stopped")
    if view.speed:
        lifecycles.begin_making(view, "db_cluster_rest", wanted)


def _rested(view: View, wanted: str) -> None:
    lifecycles.begin_making(view, "db_cluster_start", wanted)
    follow(view, wanted, "starting")


def _changing(view: View, wanted: str) -> None:
    lifecycles.begin_making(view, "db_instance_change", wanted)


def _changed(view: View, wanted: str) -> None:
    """An instance tells its old settings until it is available with the new ones."""
    one = instances(view)[plain(wanted)]
    one.said |= one.due
    one.due = {}


def _upgraded(view: View, wanted: str) -> None:
    """A cluster tells its old version until it is available with the new one; its members are upgraded with it."""
    one = clusters(view)[plain(wanted)]
    one.said |= one.due
    one.due = {}
    follow(view, wanted, "available")


def _started(view: View, wanted: str) -> None:
    follow(view, wanted, "available")


def follow(view: View, cluster: str, status: str) -> None:
    """The members of a cluster are stopped and started with it."""
    for one in members(view, plain(cluster)):
        one.status = status


register_kind(
    Kind(LINGER, ":rds-interface:", "InvalidNetworkInterfaceID.NotFound", lambda view: view.ec2.enis.values())
)
_AT = "status"
register(Lifecycle("db_cluster", "creating", "available", 120, "deleting", 120, attribute=_AT), end=_end_cluster)
register(Lifecycle("db_cluster_change", "modifying", "available", 30, attribute=_AT))
register(Lifecycle("db_cluster_password", "resetting-master-credentials", "available", 30, attribute=_AT))
register(Lifecycle("db_cluster_upgrade", "upgrading", "available", 600, attribute=_AT), ready=_upgraded)
register(Lifecycle("db_cluster_snapshot", "creating", "available", SNAPSHOT_S, attribute=_AT))
register(Lifecycle("db_cluster_stop", "stopping", "stopped", 300, attribute=_AT), ready=_stopped)
register(Lifecycle("db_cluster_rest", "stopped", "starting", 7 * 86_400, attribute=_AT), ready=_rested)
register(Lifecycle("db_cluster_start", "starting", "available", 600, attribute=_AT), ready=_started)
_BAD = "incompatible-parameters"
register(
    Lifecycle("db_instance", "creating", "available", 420, "deleting", 420, failed=_BAD, attribute=_AT),
    end=_end_instance,
)
register(Lifecycle("db_instance_accepted", "available", "modifying", 15, attribute=_AT), ready=_changing)
register(Lifecycle("db_instance_change", "modifying", "available", 300, failed=_BAD, attribute=_AT), ready=_changed)
_BAD = "incompatible-network"  # a proxy has no state called failed
register(
    Lifecycle("db_proxy", "creating", "available", 600, "deleting", 600, failed=_BAD, attribute=_AT), end=_end_proxy
)
register(Lifecycle("db_proxy_change", "modifying", "available", 60, failed=_BAD, attribute=_AT))
register(
    Lifecycle("db_proxy_endpoint", "creating", "available", 300, "deleting", 120, failed=_BAD, attribute=_AT),
    end=_end_endpoint,
)
register(Lifecycle("db_proxy_target", "REGISTERING", "REGISTERED", 120, failed="UNAVAILABLE", attribute=_AT))
register(Lifecycle(LINGER, "", "", 0, "", 120), end=interfaces.drop)
