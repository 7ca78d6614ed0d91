"""Target groups and certificates are let go of some time after their last user has gone (aws-reality 3.10 f, 6.1 f)."""

from __future__ import annotations

from dataclasses import replace

from muvi_provision.sandbox import distributions, lifecycles
from muvi_provision.sandbox.lifecycles import Lifecycle
from muvi_provision.sandbox.rules import listeners
from muvi_provision.sandbox.view import View

_GROUP, _CERTIFICATE, _EDGE = "target_group_use", "certificate_use", "edge_certificate_use"


def users(view: View, arn: str) -> list[str]:
    """The load balancers whose listeners, and the distributions, that use a certificate."""
    using = [one.load_balancer_arn for one in view.all("listener") if arn in one.certificates]
    at_home = view.region == distributions.CERTIFICATES and view.world.existing("cloudfront", view.account)
    edges = distributions.users_of_certificate(view, arn) if at_home else []
    return list(dict.fromkeys([*using, *edges]))


def lingers(view: View, arn: str) -> bool:
    """Whether nothing uses it any more, and AWS still says so of it."""
    return (view.region, _key(arn)) in view.books.phases


def recount_groups(view: View) -> None:
    """Which load balancers each target group is behind: to be called when a listener or a rule has changed."""
    for group in view.all("target_group"):
        behind = sorted(listeners.behind(view, group.arn))
        _note(view, _GROUP, group.arn, before=bool(group.load_balancer_arns), now=bool(behind))
        group.load_balancer_arns = behind


def recount_certificates(view: View) -> None:
    """What uses each certificate; one that is being let go of says what used it last."""
    for arn, one in view.certificates.items():
        using = users(view, arn)
        kind = _EDGE if any(":cloudfront:" in each for each in one.in_use_by) else _CERTIFICATE
        _note(view, kind, arn, before=bool(one.in_use_by), now=bool(using))
        if not lingers(view, arn):
            one.in_use_by = using


def gone_from_the_edge(view: View, one: distributions.Distribution) -> None:
    """A distribution has gone: nobody may have looked at its certificate since it was made."""
    there = replace(view, region=distributions.CERTIFICATES)
    found = there.certificates.get(one.certificate)
    if found is not None:
        found.in_use_by = found.in_use_by or [one.arn]
        recount_certificates(there)


def _note(view: View, kind: str, arn: str, *, before: bool, now: bool) -> None:
    if now:
        view.books.phases.pop((view.region, _key(arn)), None)
    elif before and not lingers(view, arn) and view.seconds(lifecycles.TABLE[kind].delete_s):
        lifecycles.begin_deleting(view, kind, _key(arn))


def _key(arn: str) -> str:
    return f"{arn} in use"


def _let_go(view: View, wanted: str) -> None:
    found = view.certificates.get(wanted.removesuffix(" in use"))
    if found is not None:
        found.in_use_by = []


lifecycles.register(Lifecycle(_GROUP, "", "", 0, "", 5))
lifecycles.register(Lifecycle(_CERTIFICATE, "", "", 0, "", 60), end=_let_go)
lifecycles.register(Lifecycle(_EDGE, "", "", 0, "", 300), end=_let_go)
