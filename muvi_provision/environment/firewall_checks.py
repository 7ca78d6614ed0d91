"""Whether AWS would take the firewall's rules, and do with them what they say."""

from __future__ import annotations

from collections.abc import Iterator

from muvi_provision.environment.draft import Complaint, Draft
from muvi_provision.environment.edge_checks import JUDGEMENTS
from muvi_provision.environment.firewall_units import GROUPS, INCLUDED, INSPECTED, RATE_RULES, units
from muvi_provision.environment.names import nearest


def groups_known(draft: Draft) -> Iterator[Complaint]:
    """AWS's groups exist, and so do the rules of theirs that only count: AWS says nothing of a wrong name."""
    for name in draft.names("firewall"):
        path = ("firewall", name)
        group, counting = draft.text(*path, "group"), draft.texts(*path, "count_rules")
        if group is None:
            if counting:
                yield (*path, "count_rules"), "count_rules goes with a group: it names rules in it"
        elif group not in GROUPS:
            near = nearest(group, tuple(GROUPS))
            yield (*path, "group"), f'"{group}" is no group of rules that is known here{near}'
        else:
            yield from _rules_known(group, counting)


def _rules_known(group: str, counting: tuple[tuple[tuple[str | int, ...], str], ...]) -> Iterator[Complaint]:
    rules = GROUPS[group].rules
    for where, text in counting:
        if text not in rules:
            near = nearest(text, rules) or f"; it has {', '.join(rules)}"
            yield where, f'"{text}" is no rule of {group}{near}'


def within_capacity(draft: Draft) -> Iterator[Complaint]:
    """The rules fit into what a web ACL may take without being billed for each request."""
    taken = {name: found for name in draft.names("firewall") if (found := _units(draft, name)) is not None}
    total = sum(taken.values())
    if total > INCLUDED:
        each = ", ".join(f"{name} {number}" for name, number in taken.items())
        yield ("firewall",), f"the rules take {total} capacity units, {total - INCLUDED} more than {INCLUDED}: {each}"


def _units(draft: Draft, name: str) -> int | None:
    """None for a rule that is not of one known sort, which other checks complain of."""
    path = ("firewall", name)
    said = [sort for sort in JUDGEMENTS if not draft.absent(*path, sort)]
    group = draft.text(*path, "group") or ""
    if len(said) != 1 or (said == ["group"] and group not in GROUPS):
        return None
    return units(said[0], path=not draft.absent(*path, "path"), group=group)


def rules_possible(draft: Draft) -> Iterator[Complaint]:
    """What AWS refuses of single rules: everybody in a list, too many limits, too deep a look at bodies."""
    limits = [name for name in draft.names("firewall") if not draft.absent("firewall", name, "limit")]
    for name in limits[RATE_RULES:]:
        yield ("firewall", name, "limit"), f"{len(limits)} rules have a limit: a web ACL takes {RATE_RULES} of them"
    for name in draft.names("firewall"):
        for sort in ("allow", "block"):
            for where, text in draft.texts("firewall", name, sort):
                if text.endswith("/0"):
                    yield where, f'"{text}" is everybody: WAF takes no list with that'
        size = draft.number("firewall", name, "larger_than")
        if size is not None and size > INSPECTED:
            where = ("firewall", name, "larger_than")
            yield where, f"the firewall looks at the first {INSPECTED} bytes of a body: it cannot tell {size}"
