"""How services, load balancers, databases and caches refer to one another."""

from __future__ import annotations

from collections.abc import Iterator

from muvi_provision.environment.draft import Complaint, Draft
from muvi_provision.environment.names import FUNCTIONS, nearest
from muvi_provision.environment.section import KeyPath
from muvi_provision.environment.services import FARGATE

NAME_LIMIT = 32
"""Characters in the name of a load balancer or target group."""


def references_exist(draft: Draft) -> Iterator[Complaint]:
    """Whatever is named elsewhere in the file is there."""
    services, balancers = draft.names("services"), draft.names("load_balancers")
    for name in services:
        path = ("services", name, "load_balancer")
        yield from unknown(((path, draft.text(*path)),), balancers, "load balancer")
        yield from unknown(draft.texts("services", name, "calls"), services, "service")
    for section in ("databases", "caches"):
        for name in draft.names(section):
            yield from unknown(draft.texts(section, name, "used_by"), (*services, FUNCTIONS), "service")
    yield from unknown(draft.texts("proxies"), draft.names("databases"), "database")
    yield from unknown(draft.texts("discovery", "services"), services, "service")


def listeners_whole(draft: Draft) -> Iterator[Complaint]:
    """A service has both a load balancer and a port on it, or neither."""
    for name in draft.names("services"):
        path: KeyPath = ("services", name)
        balancer, listener = draft.text(*path, "load_balancer"), draft.number(*path, "listener")
        if balancer is not None and draft.absent(*path, "listener"):
            yield (*path, "load_balancer"), f'say on which port of "{balancer}" callers find it: add "listener"'
        if listener is not None and draft.absent(*path, "load_balancer"):
            yield (*path, "listener"), 'a listener is a port of a load balancer: add "load_balancer"'


def listeners_apart(draft: Draft) -> Iterator[Complaint]:
    """No two services on the same port of the same load balancer."""
    taken: dict[tuple[str, int], str] = {}
    for name in draft.names("services"):
        balancer, listener = draft.text("services", name, "load_balancer"), draft.number("services", name, "listener")
        if not balancer or not listener:
            continue
        if other := taken.get((balancer, listener)):
            yield ("services", name, "listener"), f'port {listener} of "{balancer}" already belongs to "{other}"'
        taken.setdefault((balancer, listener), name)


def grpc_behind_https(draft: Draft) -> Iterator[Complaint]:
    """grpc works only behind an HTTPS listener, and only internal load balancers have those."""
    for name in draft.names("services"):
        balancer = draft.text("services", name, "load_balancer")
        if draft.text("services", name, "protocol") != "grpc" or not balancer:
            continue
        if draft.text("load_balancers", balancer, "scheme") == "internet-facing":
            why = f'grpc works only behind HTTPS, and "{balancer}" speaks HTTP: use an internal load balancer'
            yield ("services", name, "load_balancer"), why
        elif draft.number("services", name, "listener") == 80:
            yield ("services", name, "listener"), "grpc works only behind HTTPS, and port 80 is plain HTTP: use another"


def health_known(draft: Draft) -> Iterator[Complaint]:
    """An http service says which path answers that it is well; a path begins with a slash."""
    for name in draft.names("services"):
        path = ("services", name, "health")
        health = draft.text(*path)
        if health is not None and not health.startswith("/"):
            yield path, f'"{health}" is not a path: it begins with a slash, as in /heartbeat'
        if draft.absent(*path) and draft.text("services", name, "protocol") == "http":
            yield path, '"health" is missing: an http service says which path answers when it is well, as in /heartbeat'


def sizes_sold(draft: Draft) -> Iterator[Complaint]:
    """Cpu and memory are a pair that Fargate has."""
    for name in draft.names("services"):
        cpu, memory = draft.number("services", name, "cpu"), draft.number("services", name, "memory")
        if cpu is None or memory is None:
            continue
        if cpu not in FARGATE:
            yield ("services", name, "cpu"), f"{cpu} is not a size Fargate has: {_listed(FARGATE)}"
        elif memory not in FARGATE[cpu]:
            yield ("services", name, "memory"), f"{memory} MiB does not go with cpu {cpu}: {_listed(FARGATE[cpu])}"


def scaling_sensible(draft: Draft) -> Iterator[Complaint]:
    """The first number of copies lies where automatic scaling would leave it."""
    for name in draft.names("services"):
        path = ("services", name, "scaling")
        least, most, tasks = draft.number(*path, "min"), draft.number(*path, "max"), draft.number(*path[:2], "tasks")
        if least is None or most is None or tasks is None:
            continue
        if least > most:
            yield (*path, "min"), f"min {least} is more than max {most}"
        elif not least <= tasks <= most:
            yield (*path[:2], "tasks"), f"{tasks} tasks are not between scaling's min {least} and max {most}"


def rollouts_move(draft: Draft) -> Iterator[Complaint]:
    """A new version can take over also where there are the fewest copies: ECS would wait for ever, and say little."""
    low, high = draft.number("deployment", "minimum_percent"), draft.number("deployment", "maximum_percent")
    if low is None or high is None or low > 100 or high < 100:
        return
    for name in draft.names("services"):
        path: KeyPath = ("services", name)
        counts = [count for count in (draft.number(*path, "tasks"), draft.number(*path, "scaling", "min")) if count]
        fewest = min(counts, default=0)
        if fewest and -(-fewest * low // 100) >= fewest >= fewest * high // 100:
            copies = f"{fewest} cop{'y' if fewest == 1 else 'ies'}"
            why = f'with {copies} of "{name}" ECS may neither stop an old one nor start a new one: 0 and 100, or'
            yield ("deployment", "maximum_percent"), f"{why} 100 and 200, always work"
            return


def names_fit(draft: Draft) -> Iterator[Complaint]:
    """Names with the environment's before them stay within what load balancers and target groups allow."""
    environment = draft.text("name")
    if environment is None:
        return
    for section in ("load_balancers", "services"):
        for name in draft.names(section):
            full = f"{environment}-{name}"
            if len(full) > NAME_LIMIT:
                yield (
                    (section, name),
                    f'its full name "{full}" is too long: {len(full)} characters, at most {NAME_LIMIT}',
                )


def unknown(named: tuple[tuple[KeyPath, str | None], ...], known: tuple[str, ...], what: str) -> Iterator[Complaint]:
    for where, name in named:
        if name is not None and name not in known:
            hint = nearest(name, known) or f": there is {', '.join(known) or 'none'}"
            yield where, f'there is no {what} "{name}"{hint}'


def _listed(sizes: dict[int, tuple[int, ...]] | tuple[int, ...]) -> str:
    return f"choose one of {', '.join(str(size) for size in sizes)}"
