"""Public certificates that wait for their names to be proved: by a CNAME that everybody can see (aws-reality 6.1)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from muvi_provision.sandbox import distributions, letting_go, lifecycles, resolver
from muvi_provision.sandbox.view import View

KIND = "public_certificate"  # in Faults.never_ready and fail_ready
TOLD_S = 5  # 6.1 b: until DescribeCertificate tells the record
PROVED_S = 120  # 6.1 b: minutes once it resolves
GIVEN_UP_S = 72 * 3600  # 6.1 b


def record(account: str, name: str) -> tuple[str, str]:
    """The CNAME that proves a name, and its value: an apex and its wildcard share it, in every region (6.1 e, h)."""
    domain = name.removeprefix("*.").lower()
    digest = hashlib.sha256(f"{account}/{domain}".encode()).hexdigest()
    return f"_{digest[:32]}.{domain}.", f"_{digest[32:]}.acm-validations.aws."


def names(certificate: Any) -> list[str]:
    return list(certificate.sans)


def proved(view: View, certificate: Any, name: str) -> bool:
    """Whether the record of a name has been seen for long enough; ``certificate.seen``: since when each is."""
    since = certificate.seen.get(record(view.account, name)[0])
    return since is not None and view.now >= since + view.seconds(PROVED_S)


def told(view: View, certificate: Any) -> bool:
    return view.now >= float(certificate.asked) + view.seconds(TOLD_S)


def look(view: View) -> None:
    """Whoever changed what the world sees calls this, so that the waiting begins now: for every region."""
    for region in view.world.existing("acm", view.account):
        _advance(replace(view, region=region))


@lifecycles.also
def _advance(view: View) -> None:
    held = view.world.existing("acm", view.account).get(view.region)
    for one in _waiting(held) if held is not None else ():
        _look_at(view, one)
    if held is not None and view.region == distributions.CERTIFICATES:
        letting_go.recount_certificates(view)  # what a distribution does to one the emulator does not see


def _waiting(held: Any) -> Iterator[Any]:
    for one in held._certificates.values():
        if one.type == "AMAZON_ISSUED" and one.status == "PENDING_VALIDATION" and hasattr(one, "seen"):
            yield one


def _look_at(view: View, one: Any) -> None:
    if KIND in view.faults.fail_ready:
        one.status, one.failure = "FAILED", "ADDITIONAL_VERIFICATION_REQUIRED"
        return
    for name in names(one):
        cname, value = record(view.account, name)
        if resolver.look_up(view, cname, "CNAME") == (value.rstrip("."),):
            one.seen.setdefault(cname, view.now)
        elif not proved(view, one, name):
            one.seen.pop(cname, None)
    if one.by_dns and KIND not in view.faults.never_ready and all(proved(view, one, name) for name in names(one)):
        one.status = "ISSUED"
        one.issued = view.today
    elif view.speed and view.now >= float(one.asked) + view.seconds(GIVEN_UP_S):
        one.status = "VALIDATION_TIMED_OUT"
