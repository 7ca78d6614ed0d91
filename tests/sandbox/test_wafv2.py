"""WAFv2: web ACLs and IP sets of CloudFront's scope."""

from __future__ import annotations

from typing import Any

import pytest

from muvi_provision.sandbox import persistence
from muvi_provision.sandbox.cloud import Cloud
from tests.sandbox.conftest import Connect, Leaping
from tests.sandbox.edge_stand import Stand, from_set, group, rate, rule, seen, starts
from tests.sandbox.refusals import refused

TAGS = [{"Key": "muvi:address", "Value": "web-acl/web"}]
SCOPE = {"Scope": "CLOUDFRONT"}


@pytest.fixture
def stand(cloud: Cloud, connect: Connect, clock: Leaping) -> Stand:
    return Stand(cloud, connect, clock)


@pytest.fixture
def slowly(slow: Cloud, connect: Connect, clock: Leaping) -> Stand:
    return Stand(slow, connect, clock)


def named(made: dict[str, Any]) -> dict[str, Any]:
    return SCOPE | {"Name": made["Name"], "Id": made["Id"]}


def test_a_web_acl_is_told_as_it_was_made(stand: Stand) -> None:
    rules = [rule(0, starts("/admin", "LOWERCASE")), rule(1, group()), rule(2, rate(EvaluationWindowSec=300))]
    made = stand.acl("web", *rules, Description="for the web", Tags=TAGS)
    assert made["ARN"] == f"arn:aws:wafv2:us-east-1:000011112222:global/webacl/web/{made['Id']}"
    told = stand.waf.get_web_acl(**named(made))
    assert told["LockToken"] == made["LockToken"]
    one = told["WebACL"]
    assert (one["Rules"], one["DefaultAction"], one["Description"]) == (rules, {"Allow": {}}, "for the web")
    assert (one["Capacity"], one["LabelNamespace"]) == (12 + 700 + 2, "awswaf:000011112222:webacl:web:")
    assert stand.waf.get_web_acl(ARN=made["ARN"])["WebACL"] == one
    counted = stand.acl("rate", rule(0, rate(ScopeDownStatement=starts())))
    (only,) = stand.waf.get_web_acl(**named(counted))["WebACL"]["Rules"]
    assert only["Statement"]["RateBasedStatement"]["EvaluationWindowSec"] == 300  # told though it was not said
    bare = stand.waf.get_web_acl(**named(stand.acl("bare")))["WebACL"]
    assert (bare["Rules"], bare["Capacity"], "Description" in bare) == ([], 0, False)


def test_an_update_replaces_everything_and_wants_the_token(stand: Stand) -> None:
    """aws-reality 6.8 c, g."""
    made = stand.acl("web", rule(0, rate()), Description="for the web")
    change = named(made) | {"DefaultAction": {"Block": {}}, "VisibilityConfig": seen("new")}
    new = stand.waf.update_web_acl(LockToken=made["LockToken"], **change)["NextLockToken"]
    told = stand.waf.get_web_acl(**named(made))
    assert (told["LockToken"], told["WebACL"]["Rules"], "Description" in told["WebACL"]) == (new, [], False)
    stale = made["LockToken"]
    assert refused(stand.waf.update_web_acl, LockToken=stale, **change) == "WAFOptimisticLockException"
    assert refused(stand.waf.delete_web_acl, LockToken=stale, **named(made)) == "WAFOptimisticLockException"
    stand.waf.delete_web_acl(LockToken=new, **named(made))
    assert refused(stand.waf.get_web_acl, **named(made)) == "WAFNonexistentItemException"
    assert "wafv2" not in stand.cloud.snapshot()


def test_names(stand: Stand) -> None:
    made = stand.acl("web")
    assert refused(stand.waf.create_web_acl, **stand.guarding("web")) == "WAFDuplicateItemException"
    assert refused(stand.waf.create_web_acl, **stand.guarding("a b")) == "ValidationException"
    assert refused(stand.waf.create_web_acl, **stand.guarding("d", Description="it's")) == "ValidationException"
    other = named(made) | {"Name": "other"}
    assert refused(stand.waf.get_web_acl, **other) == "WAFNonexistentItemException"
    stand.ip_set("web")  # names are of one kind
    again = {"Name": "web", "IPAddressVersion": "IPV4", "Addresses": []} | SCOPE
    assert refused(stand.waf.create_ip_set, **again) == "WAFDuplicateItemException"


def test_cloudfront_s_scope_is_in_one_region(stand: Stand, connect: Connect) -> None:
    """aws-reality 6.8 e."""
    here = connect(stand.cloud, "wafv2")
    assert refused(here.create_web_acl, **stand.guarding()) == "WAFInvalidParameterException"
    assert refused(here.list_web_acls, **SCOPE) == "WAFInvalidParameterException"
    with pytest.raises(here.exceptions.WAFInvalidParameterException, match=r"The scope is not valid\., field: SCOPE"):
        here.list_ip_sets(**SCOPE)
    assert refused(here.list_web_acls, Scope="REGIONAL") == "SandboxNotImplemented"
    assert stand.waf.list_web_acls(**SCOPE)["WebACLs"] == []


def test_ip_sets(stand: Stand) -> None:
    arn = stand.ip_set("office", "198.51.100.7/32", "192.0.2.0/24", Description="the office", Tags=TAGS)
    assert arn.startswith("arn:aws:wafv2:us-east-1:000011112222:global/ipset/office/")
    wanted = SCOPE | {"Name": "office", "Id": arn.rpartition("/")[2]}
    told = stand.waf.get_ip_set(**wanted)
    assert told["IPSet"] | {"Addresses": set(told["IPSet"]["Addresses"])} == {
        "Name": "office",
        "Id": wanted["Id"],
        "ARN": arn,
        "Description": "the office",
        "IPAddressVersion": "IPV4",
        "Addresses": {"192.0.2.0/24", "198.51.100.7/32"},
    }
    change = wanted | {"Addresses": ["203.0.113.0/24"]}
    new = stand.waf.update_ip_set(LockToken=told["LockToken"], **change)["NextLockToken"]
    assert refused(stand.waf.update_ip_set, LockToken=told["LockToken"], **change) == "WAFOptimisticLockException"
    assert stand.waf.get_ip_set(**wanted)["IPSet"]["Addresses"] == ["203.0.113.0/24"]
    stand.waf.delete_ip_set(LockToken=new, **wanted)
    assert refused(stand.waf.get_ip_set, **wanted) == "WAFNonexistentItemException"
    assert "wafv2" not in stand.cloud.snapshot()


@pytest.mark.parametrize(
    ("family", "bad", "good"),
    [
        ("IPV4", "192.0.2.1", "192.0.2.1/32"),
        ("IPV4", "0.0.0.0/0", "10.0.0.0/8"),
        ("IPV4", "2001:db8::/32", "192.0.2.0/24"),
        ("IPV4", "nonsense", "10.0.0.0/8"),
        ("IPV4", "192.0.2.66/29", "192.0.2.64/29"),
        ("IPV6", "192.0.2.0/24", "2001:db8::/32"),
        ("IPV6", "::/0", "2001:db8::1/128"),
    ],
)
def test_addresses(stand: Stand, family: str, bad: str, good: str) -> None:
    """aws-reality 6.8."""
    said = SCOPE | {"Name": "a", "IPAddressVersion": family}
    assert refused(stand.waf.create_ip_set, Addresses=[bad], **said) == "WAFInvalidParameterException"
    made = stand.waf.create_ip_set(Addresses=[good], **said)["Summary"]
    change = named(made) | {"LockToken": made["LockToken"]}
    assert refused(stand.waf.update_ip_set, Addresses=[bad], **change) == "WAFInvalidParameterException"
    stand.waf.update_ip_set(Addresses=[], **change)


def test_ten_thousand_addresses(stand: Stand) -> None:
    many = [f"10.{a}.{b}.0/24" for a in range(40) for b in range(251)][:10_001]
    said = SCOPE | {"Name": "a", "IPAddressVersion": "IPV4"}
    assert refused(stand.waf.create_ip_set, Addresses=many, **said) == "WAFLimitsExceededException"
    stand.waf.create_ip_set(Addresses=many[1:], **said)


def test_ipv6_is_written_out(stand: Stand) -> None:
    made = stand.ip_set("six", "2001:db8::/32", IPAddressVersion="IPV6")
    told = stand.waf.get_ip_set(Name="six", Id=made.rpartition("/")[2], **SCOPE)["IPSet"]["Addresses"]
    assert told == ["2001:0db8:0000:0000:0000:0000:0000:0000/32"]


def test_listings_have_markers(stand: Stand) -> None:
    """aws-reality 1.3: also on the last page."""
    for name in ("a", "b", "c", "d"):
        stand.acl(name)
    first = stand.waf.list_web_acls(Limit=2, **SCOPE)
    second = stand.waf.list_web_acls(Limit=2, NextMarker=first["NextMarker"], **SCOPE)
    assert [one["Name"] for one in first["WebACLs"] + second["WebACLs"]] == ["a", "b", "c", "d"]
    last = stand.waf.list_web_acls(Limit=2, NextMarker=second["NextMarker"], **SCOPE)
    assert (last["WebACLs"], "NextMarker" in last) == ([], False)
    whole = stand.waf.list_web_acls(**SCOPE)
    assert (len(whole["WebACLs"]), "NextMarker" in whole) == (4, False)
    assert set(whole["WebACLs"][0]) == {"Name", "Id", "LockToken", "ARN"}
    arn = stand.ip_set("office", Description="the office")
    (one,) = stand.waf.list_ip_sets(**SCOPE)["IPSets"]
    assert (one["ARN"], one["Description"]) == (arn, "the office")


def test_quotas(clock: Leaping, connect: Connect) -> None:
    stand = Stand(Cloud(clock, quotas={"web_acls": 1, "ip_sets": 1}), connect, clock)
    stand.acl("a")
    stand.ip_set("a")
    assert refused(stand.waf.create_web_acl, **stand.guarding("b")) == "WAFLimitsExceededException"
    second = {"Name": "b", "IPAddressVersion": "IPV4", "Addresses": []} | SCOPE
    assert refused(stand.waf.create_ip_set, **second) == "WAFLimitsExceededException"
    stand.cloud.reset()


def test_a_web_acl_in_use_stays(slowly: Stand) -> None:
    """aws-reality 6.8 f: and for a moment after."""
    first, second = slowly.acl("first"), slowly.acl("second")
    deleting = named(first) | {"LockToken": first["LockToken"]}
    wanted = slowly.make(WebACLId=first["ARN"])["Id"]
    slowly.clock.sleep(301)
    assert refused(slowly.waf.delete_web_acl, **deleting) == "WAFAssociatedItemException"
    slowly.change(wanted, WebACLId=second["ARN"])
    assert refused(slowly.waf.delete_web_acl, **deleting) == "WAFAssociatedItemException"
    slowly.clock.sleep(31)
    slowly.waf.delete_web_acl(**deleting)
    slowly.clock.sleep(301)
    slowly.remove(wanted)
    deleting = named(second) | {"LockToken": second["LockToken"]}
    assert refused(slowly.waf.delete_web_acl, **deleting) == "WAFAssociatedItemException"
    slowly.clock.sleep(31)
    slowly.waf.delete_web_acl(**deleting)


def test_an_ip_set_in_use_stays(stand: Stand) -> None:
    arn = stand.ip_set()
    inner = {"NotStatement": {"Statement": from_set(arn)}}
    made = stand.acl("web", rule(0, rate(ScopeDownStatement=inner)))
    wanted = SCOPE | {"Name": "office", "Id": arn.rpartition("/")[2]}
    deleting = wanted | {"LockToken": stand.waf.get_ip_set(**wanted)["LockToken"]}
    assert refused(stand.waf.delete_ip_set, **deleting) == "WAFAssociatedItemException"
    stand.waf.delete_web_acl(LockToken=made["LockToken"], **named(made))
    stand.waf.delete_ip_set(**deleting)


def test_tags(stand: Stand, connect: Connect) -> None:
    acl, office = stand.acl(Tags=TAGS)["ARN"], stand.ip_set(Tags=TAGS)
    for arn in (acl, office):
        stand.waf.tag_resource(ResourceARN=arn, Tags=[{"Key": "a", "Value": "b"}])
        told = stand.waf.list_tags_for_resource(ResourceARN=arn)["TagInfoForResource"]
        assert told == {"ResourceARN": arn, "TagList": [*TAGS, {"Key": "a", "Value": "b"}]}
    shown = stand.index.get_resources(ResourceTypeFilters=["wafv2"])["ResourceTagMappingList"]
    assert [one["ResourceARN"] for one in shown] == sorted([acl, office])
    assert connect(stand.cloud, "resourcegroupstaggingapi").get_resources()["ResourceTagMappingList"] == []
    stand.waf.untag_resource(ResourceARN=acl, TagKeys=["a"])
    assert stand.waf.list_tags_for_resource(ResourceARN=acl)["TagInfoForResource"]["TagList"] == TAGS
    many = [{"Key": f"k{number}", "Value": "v"} for number in range(50)]
    assert refused(stand.waf.tag_resource, ResourceARN=acl, Tags=many) == "WAFTagOperationException"
    missing = acl.replace("/web/", "/none/")
    assert refused(stand.waf.list_tags_for_resource, ResourceARN=missing) == "WAFNonexistentItemException"


def test_it_is_kept_over_a_restart(stand: Stand, connect: Connect) -> None:
    made = stand.acl("web", rule(0, from_set(stand.ip_set())), rule(1, starts()), Tags=TAGS)
    before = stand.cloud.snapshot()
    again = Cloud(stand.clock)
    persistence.load(again, persistence.dumped(stand.cloud))
    assert again.snapshot() == before
    told = Stand(again, connect, stand.clock).waf.get_web_acl(**named(made))
    assert told == stand.waf.get_web_acl(**named(made)) | {"ResponseMetadata": told["ResponseMetadata"]}
    again.reset()
