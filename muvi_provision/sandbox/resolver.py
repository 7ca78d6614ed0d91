"""What a name means on the internet: the public zones of every account, as far as somebody delegates to them.

A zone is asked only when its name servers are those that the zone above it names, or those that its registrar was
told (``books.delegated``). AWS's own names (load balancers, distributions) need nobody's delegation.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from muvi_provision.sandbox import distributions, interfaces, zones
from muvi_provision.sandbox.view import View

_LONGEST_CHAIN = 8  # of CNAMEs and aliases


def look_up(view: View, name: str, kind: str) -> tuple[str, ...]:
    """The values of a name's records ("NS", "A", "CNAME", "TXT"), sorted, names without the dot at the end."""
    asked = zones.stored(name)
    if kind == "NS":
        return tuple(sorted(servers(view, asked)))
    if kind == "A":
        return tuple(sorted(_addresses(view, asked)))
    record = _record(view, asked, kind)
    return tuple(sorted(_value(kind, str(one)) for one in record.records)) if record is not None else ()


def destination(view: View, name: str) -> str:
    """AWS's own name at the end of a chain of aliases and CNAMEs, as people write it; "" when it leads nowhere."""
    asked = zones.stored(name)
    for _ in range(_LONGEST_CHAIN):
        if _is_amazons(asked):
            return zones.spoken(asked).removeprefix("dualstack.")
        record = _record(view, asked, "A") or _record(view, asked, "CNAME")
        if record is None or not (record.alias_target or record.type == "CNAME"):
            return ""
        asked = zones.stored(record.alias_target["DNSName"] if record.alias_target else str(record.records[0]))
    return ""


def servers(view: View, domain: str) -> frozenset[str]:
    """The name servers that a domain is delegated to; none when it is to nobody. ``domain`` as stored."""
    told = view.books.delegated.get(zones.spoken(domain))
    if told is not None:
        return frozenset(zones.spoken(one) for one in told)
    for above in _above(domain):
        homes = [one for one in _public(view) if one.name == above]
        asked = [one for one in homes if not _has_above(view, above) or _serves(view, one)]
        if homes:
            found = (zones.records(one).get((domain, "NS", "")) for one in asked)
            return frozenset(zones.spoken(str(value)) for one in found if one is not None for value in one.records)
    return frozenset()


def load_balancer(view: View, name: str) -> tuple[View, Any] | None:
    """The load balancer with this DNS name in any account and region, and the view it is to be seen in."""
    for account, regions in view.world.everything().get("elbv2", {}).items():
        for region, backend in regions.items():
            for one in backend.load_balancers.values():
                if str(one.dns_name).lower() == name:
                    return replace(view, account=account, region=region), one
    return None


def distribution(view: View, name: str) -> distributions.Distribution | None:
    """The distribution with this domain name, in any account, when its edges know of it."""
    found = (one for _, one in distributions.everywhere(view) if one.domain == name)
    return next((one for one in found if one.enabled and one.status == "Deployed"), None)


def serving(view: View, host: str) -> distributions.Distribution | None:
    """The distribution that has a name among its aliases: that is the one which answers, whatever leads to it."""
    found = [one for _, one in distributions.everywhere(view) if one.enabled and one.status == "Deployed"]
    wild = f"*.{host.partition('.')[2]}"
    exact = (one for name in (host, wild) for one in found if name in one.aliases)
    return next(exact, None)


def _record(view: View, name: str, kind: str) -> Any:
    """The record of a kind, or the wildcard's that stands for it; None where there is none or nobody is asked."""
    zone = _asked(view, name)
    if zone is None:
        return None
    held = zones.records(zone)
    names = {at for at, _, _ in held}
    candidates = [name]
    for above in _above(name):
        if name in names or not zones.within(above, zone.name):
            break
        candidates.append(f"\\052.{above}")
    return next(
        (record for one in candidates for (at, type_, _), record in held.items() if (at, type_) == (one, kind)), None
    )


def _asked(view: View, name: str) -> Any:
    """The zone that answers for a name: the nearest one above it, if it is delegated to."""
    for domain in (name, *_above(name)):
        delegated = servers(view, domain)
        if delegated:
            return next((one for one in _public(view) if one.name == domain and _serves(view, one)), None)
    return None


def _serves(view: View, zone: Any) -> bool:
    return frozenset(zones.name_servers(zone)) == servers(view, zone.name)


def _public(view: View) -> list[Any]:
    return [one for one in zones.everywhere(view) if not one.private_zone]


def _has_above(view: View, domain: str) -> bool:
    there = {one.name for one in _public(view)}
    return any(one in there for one in _above(domain)) or zones.spoken(domain) in view.books.delegated


def _above(name: str) -> Iterator[str]:
    """The domains above a name, the nearest first."""
    rest = name
    while rest.rstrip(".").count("."):
        rest = rest.partition(".")[2]
        yield rest


def _is_amazons(name: str) -> bool:
    return name.endswith((".cloudfront.net.", ".elb.amazonaws.com."))


def _addresses(view: View, name: str) -> tuple[str, ...]:
    final = destination(view, name)
    if final:
        return _of_amazon(view, final)
    for _ in range(_LONGEST_CHAIN):
        record = _record(view, name, "A")
        if record is not None:
            return () if record.alias_target else tuple(str(one) for one in record.records)
        alias = _record(view, name, "CNAME")
        if alias is None:
            return ()
        name = zones.stored(str(alias.records[0]))
    return ()


def _of_amazon(view: View, name: str) -> tuple[str, ...]:
    if distribution(view, name) is not None:
        digest = hashlib.sha256(name.encode()).digest()
        return tuple(dict.fromkeys(f"203.0.113.{one}" for one in digest[:4]))
    found = load_balancer(view, name)
    if found is None:
        return ()
    home, balancer = found
    held = interfaces.of_balancer(home, interfaces.description_of(balancer))
    public = balancer.scheme == "internet-facing"
    return tuple(str(one.public_ip if public else one.private_ip_address) for one in held)


def _value(kind: str, value: str) -> str:
    return value.strip('"').replace('" "', "") if kind == "TXT" else zones.spoken(value)
