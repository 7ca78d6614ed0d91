"""Eventual consistency: what was just made cannot be found yet (aws-reality 1.6; what, by whom: ``late``)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from typing import Any

from muvi_provision.sandbox import objects
from muvi_provision.sandbox.answers import Refused
from muvi_provision.sandbox.books import Fresh
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.late import LISTED, THINGS, Blind, Late
from muvi_provision.sandbox.view import View

_NOT_REFERENCES = ("Filters", "Filter", "Tags", "TagSpecifications", "ClientToken", "Names", "Name")
_PLACES = {"s3": "aws", "route53": "aws", "cloudfront": "us-east-1"}  # of what is in no region, and of certificates
_SHOWN = {  # by the service: what its listings show
    service: tuple(dict.fromkeys(one.kind for one in THINGS if one.made.startswith(f"{service}:")))
    for service in ("ec2", "elbv2")
}


@dataclass(frozen=True)
class Lag:
    """How long, in the clock's seconds, and how many times each service does not see it: no longer than AWS itself."""

    seconds: float = 0
    reads: int = 0

    def coming(self, call: Call, view: View) -> tuple[Late, ...]:
        """What this call will make, if it is not there already."""
        if not (self.seconds or self.reads):
            return ()
        return tuple(one for one in THINGS if one.made == call.name and not one.there(call, view))

    def note(self, coming: tuple[Late, ...], call: Call, view: View, result: Any) -> None:
        """It was made; what everybody sees by now is forgotten."""
        for key in [key for key, old in view.books.fresh.items() if coming and view.now >= old.last]:
            del view.books.fresh[key]
        for one in coming:
            last = view.now + (view.seconds(one.most) or one.most)
            fresh = Fresh(one.kind, min(view.now + self.seconds, last), self.reads, last)
            for name in one.names(call, result):
                view.books.fresh[_place(call.service, view), one.kind, name] = fresh


def check(call: Call, view: View) -> None:
    """Raises when the call names something that cannot be found yet."""
    if not _is_on(view):
        return
    for kind, blind in _blind(call.name):
        for name in _named(call.params, blind.members):
            if hidden(view, kind, name, call.service, looking=True):
                raise Refused(blind.code, blind.says.format(name=name), blind.status)


def trim(call: Call, view: View, result: Any) -> None:
    """Takes out of a listing what cannot be found yet."""
    if not isinstance(result, dict) or not _is_on(view):
        return
    for key, listed in list(result.items()):
        if isinstance(listed, list):
            result[key] = [one for one in listed if not _is_left_out(call, view, one)]


def hidden(view: View, kind: str, name: str, service: str, *, looking: bool = False) -> bool:
    """Whether a service does not see something yet. ``looking``: this is one of the times."""
    key = _place(service, view), kind, name
    fresh = view.books.fresh.get(key)
    if fresh is None or not _is_on(view):
        return False
    if not fresh.is_hidden(view.now, service):
        if not fresh.reads or view.now >= fresh.last:  # before that, another service may still have to look
            del view.books.fresh[key]
        return False
    if looking:
        fresh.looks[service] = fresh.looks.get(service, 0) + 1
    return True


def _is_on(view: View) -> bool:
    """Once nothing is late any more, neither is what was."""
    if not (view.lag_s or view.lag_reads):
        view.books.fresh.clear()
    return bool(view.books.fresh)


def _place(service: str, view: View) -> str:
    return _PLACES.get(service, view.region)


@cache
def _blind(name: str) -> tuple[tuple[str, Blind], ...]:
    """Of which kinds a call may see nothing; what makes a thing needs not see it."""
    return tuple(
        (late.kind, blind)
        for late in THINGS
        if late.made != name
        for blind in late.blind
        if fnmatchcase(name, blind.who)
    )


def _is_left_out(call: Call, view: View, one: Any) -> bool:
    if call.name in LISTED:
        kind, member = LISTED[call.name]
        return isinstance(one, dict) and hidden(view, kind, str(one.get(member)), call.service, looking=True)
    if not call.operation.startswith("Describe"):
        return False
    wanted = objects.identity(one)
    return any(hidden(view, kind, wanted, call.service, looking=True) for kind in _SHOWN.get(call.service, ()))


def _named(value: Any, members: tuple[str, ...]) -> Iterator[str]:
    """The strings of a request that may name something: those of some members, or all that may."""
    if isinstance(value, list):
        for one in value:
            yield from _named(one, members)
    elif isinstance(value, dict):
        for key, one in value.items():
            if key in members or not (members or key in _NOT_REFERENCES):
                yield from _strings(one)
            if members or key not in _NOT_REFERENCES:
                yield from _named(one, members)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        yield from (one for one in value if isinstance(one, str))
