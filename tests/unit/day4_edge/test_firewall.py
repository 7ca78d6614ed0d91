"""The web ACL and its address lists beside other people's changes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from muvi_provision.aws.patience import CREATING, DELETING, patience_for
from muvi_provision.day4_edge import firewall_rules
from muvi_provision.day4_edge.firewall import _KEPT
from muvi_provision.resource import Live
from muvi_provision.sandbox.call import service_model
from tests.resources.contract import Bench
from tests.resources.examples_edge import ACL, ALLOWED, BLOCKED
from tests.unit.hands import by_hand

SCOPE = {"Scope": "CLOUDFRONT"}


def named(live: Live) -> dict[str, Any]:
    return {**SCOPE, "Name": live.raw["Name"], "Id": live.raw["Id"]}


def changed_by_hand(bench: Bench, live: Live, **said: Any) -> None:
    found = by_hand(bench, "wafv2", "get_web_acl", **named(live))
    kept = {key: found["WebACL"][key] for key in ("DefaultAction", "Rules", "VisibilityConfig")}
    by_hand(bench, "wafv2", "update_web_acl", **{**kept, **named(live), **said}, LockToken=found["LockToken"])


def test_a_rule_changed_by_hand_is_seen_and_made_right(bench: Bench) -> None:
    bench.stand(ALLOWED, BLOCKED)
    live, resource = bench.make(ACL), bench.real(ACL)
    rules = firewall_rules.spelt("uat", resource.rules)  # type: ignore[attr-defined]
    changed_by_hand(bench, live, Rules=[*rules[1:], {**rules[0], "Priority": 99}])
    live = bench.look(resource, live.id)
    (change,) = bench.changes(resource, live)
    assert change.field == "rules"
    assert not bench.changes(resource, bench.update(resource, live, (change,)))


def test_what_is_not_ours_to_say_is_kept(bench: Bench) -> None:
    bench.stand(ALLOWED, BLOCKED)
    live, resource = bench.make(ACL), bench.real(ACL)
    body = {"tired": {"ContentType": "TEXT_PLAIN", "Content": "later"}}
    changed_by_hand(bench, live, CustomResponseBodies=body, Description="a better one", Rules=[])
    live = bench.look(resource, live.id)
    bench.update(resource, live, bench.changes(resource, live))
    kept = by_hand(bench, "wafv2", "get_web_acl", **named(live))["WebACL"]
    assert (kept["CustomResponseBodies"], kept["Description"]) == (body, "a better one")
    assert len(kept["Rules"]) == len(resource.rules)  # type: ignore[attr-defined]


def test_nothing_that_an_update_can_say_is_forgotten() -> None:
    """AWS adds to what a web ACL has: what an update leaves out, it forgets."""
    model = service_model("wafv2")
    assert model
    told, said = (set(model.shape_for(name).members) for name in ("WebACL", "UpdateWebACLRequest"))
    ours = {"Name", "Id", "DefaultAction", "Rules", "VisibilityConfig"}
    assert told & said - ours == set(_KEPT)


def test_an_old_token_is_no_obstacle(bench: Bench) -> None:
    """Each write looks first: what was seen may be long ago."""
    live, resource = bench.make(ALLOWED), bench.real(replace(ALLOWED, addresses=("203.0.113.0/24",)))
    other = bench.real(replace(ALLOWED, addresses=("192.0.2.0/24",)))
    for each in (other, resource):
        bench.update(each, live, bench.changes(each, live))
    assert not bench.changes(resource, bench.look(resource, live.id))


def test_a_changed_list_keeps_its_description(bench: Bench) -> None:
    """AWS forgets one that is not repeated."""
    live, resource = bench.make(ALLOWED), bench.real(replace(ALLOWED, addresses=("192.0.2.0/24",)))
    before = by_hand(bench, "wafv2", "get_ip_set", **named(live))["IPSet"]
    bench.update(resource, live, bench.changes(resource, live))
    after = by_hand(bench, "wafv2", "get_ip_set", **named(live))["IPSet"]
    assert after["Addresses"] == ["192.0.2.0/24"]
    assert after["Description"] == before["Description"] != ""


def test_a_teardown_asks_only_whether_it_is_there(bench: Bench) -> None:
    bench.make(ALLOWED)
    resource = bench.real(ALLOWED)
    shallow = replace(bench.aws, shallow=True)
    seen: list[Live | None] = []
    used = bench.called(lambda: seen.append(resource.find(shallow, bench.values[ALLOWED.address]["id"])))
    assert seen[0]
    assert used == {"wafv2:ListIPSets", "tag:GetResources"}


def test_a_list_in_use_goes_once_no_rule_names_it(bench: Bench) -> None:
    bench.stand(ALLOWED, BLOCKED)
    live, listed = bench.make(ACL), bench.look(bench.real(ALLOWED), None)
    with pytest.raises(ClientError) as refused, bench.writing(ALLOWED) as aws:
        bench.real(ALLOWED).delete(aws, listed)
    assert patience_for(refused.value, DELETING)
    for resource, seen in ((bench.real(ACL), live), (bench.real(ALLOWED), listed)):
        with bench.writing(resource) as aws:
            resource.delete(aws, seen)
    assert bench.real(ALLOWED).find(bench.aws, None) is None


def test_a_new_list_may_not_be_known_to_rules_yet(slow: Bench) -> None:
    slow.stand(ALLOWED, BLOCKED)
    with pytest.raises(ClientError) as refused:
        slow.make(ACL)
    assert patience_for(refused.value, CREATING)


def test_it_costs_what_its_rules_cost() -> None:
    assert ACL.costs() == (("waf.acl", 1.0), ("waf.rule", 8.0))
