"""Rules of security groups that are changed in place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from tests.sandbox.refusals import group, network, refused, tags
from tests.sandbox.test_security_groups import EDGE, rules_of, tcp, world


@dataclass
class Changed:
    """A group with a rule of each type: for a range, for itself, for a prefix list."""

    ec2: Any
    group: str
    edge: str
    foreign: str

    def ids(self) -> dict[int, str]:
        return {one["FromPort"]: str(one["SecurityGroupRuleId"]) for one in rules_of(self.ec2, self.group)}

    def params(self, port: int, **said: Any) -> dict[str, Any]:
        rule = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port} | said
        asked = [{"SecurityGroupRuleId": self.ids()[port], "SecurityGroupRule": rule}]
        return {"GroupId": self.group, "SecurityGroupRules": asked}

    def change(self, port: int, **said: Any) -> None:
        self.ec2.modify_security_group_rules(**self.params(port, **said))

    def refused(self, port: int, **said: Any) -> str:
        return refused(self.ec2.modify_security_group_rules, **self.params(port, **said))


@pytest.fixture
def changed(ec2: Any) -> Changed:
    net, other = network(ec2), network(ec2, second=31)
    made, foreign = group(ec2, net.vpc), group(ec2, other.vpc)
    named = [{"Name": "prefix-list-name", "Values": [EDGE]}]
    edge = ec2.describe_managed_prefix_lists(Filters=named)["PrefixLists"][0]["PrefixListId"]
    peers = [tcp(2, UserIdGroupPairs=[{"GroupId": made}]), tcp(3, PrefixListIds=[{"PrefixListId": edge}])]
    said = tags("security-group-rule", Name="r")
    ec2.authorize_security_group_ingress(GroupId=made, IpPermissions=[world(1), *peers], TagSpecifications=said)
    return Changed(ec2, made, edge, foreign)


def test_a_rule_keeps_its_id_and_tags(changed: Changed) -> None:
    ids = changed.ids()
    changed.change(1, CidrIpv4="10.1.2.3/8", FromPort=5, ToPort=6, Description="now")
    found = next(one for one in rules_of(changed.ec2, changed.group) if one["SecurityGroupRuleId"] == ids[1])
    assert (found["FromPort"], found["CidrIpv4"], found["Description"]) == (5, "10.0.0.0/8", "now")
    assert found["Tags"] == [{"Key": "Name", "Value": "r"}]
    described = [{"SecurityGroupRuleId": ids[2], "Description": "two"}]
    changed.ec2.update_security_group_rule_descriptions_ingress(
        GroupId=changed.group, SecurityGroupRuleDescriptions=described
    )
    assert "two" in {one.get("Description") for one in rules_of(changed.ec2, changed.group)}


def test_a_rule_stays_of_its_type(changed: Changed) -> None:
    assert changed.refused(1, ReferencedGroupId=changed.group) == "InvalidParameterValue"
    assert changed.refused(1, CidrIpv6="::/0") == "InvalidParameterValue"
    assert changed.refused(2, CidrIpv4="10.0.0.0/8") == "InvalidParameterValue"
    assert changed.refused(3, ReferencedGroupId=changed.group) == "InvalidParameterValue"
    changed.change(2, ReferencedGroupId=changed.group, Description="itself")
    changed.change(3, PrefixListId=changed.edge, Description="the edge")


def test_a_rule_has_one_other_side_that_is_there(changed: Changed) -> None:
    assert changed.refused(1) == "InvalidParameterCombination"
    assert changed.refused(1, CidrIpv4="10.0.0.0/8", PrefixListId=changed.edge) == "InvalidParameterCombination"
    assert changed.refused(2, ReferencedGroupId="sg-00000000000000000") == "InvalidGroup.NotFound"
    assert changed.refused(2, ReferencedGroupId=changed.foreign) == "InvalidGroup.NotFound"
    assert changed.refused(3, PrefixListId="pl-00000000") == "InvalidPrefixListID.NotFound"


def test_a_rule_is_whole(changed: Changed) -> None:
    assert changed.refused(1, CidrIpv4="10.0.0.0/8", IpProtocol="") == "MissingParameter"
    assert changed.refused(1, CidrIpv4="10.0.0.0/8", FromPort=9) == "InvalidParameterValue"
    assert changed.refused(1, CidrIpv4="10.0.0.0/8", Description="naïve") == "InvalidParameterValue"


def test_no_rule_becomes_another(changed: Changed) -> None:
    changed.ec2.authorize_security_group_ingress(GroupId=changed.group, IpPermissions=[world(4)])
    assert changed.refused(1, CidrIpv4="0.0.0.0/0", FromPort=4, ToPort=4) == "InvalidPermission.Duplicate"


def test_the_group_and_its_rules_are_there(changed: Changed) -> None:
    said = changed.params(1, CidrIpv4="10.0.0.0/8")
    lost = said | {"GroupId": "sg-00000000000000000"}
    assert refused(changed.ec2.modify_security_group_rules, **lost) == "InvalidGroup.NotFound"
    foreign = said | {"GroupId": changed.foreign}
    assert refused(changed.ec2.modify_security_group_rules, **foreign) == "InvalidSecurityGroupRuleId.NotFound"
    changed.ec2.modify_security_group_rules(**said)
