"""Firewalls: a group for everything that speaks, and rules that name other groups."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, Literal

from muvi_provision.aws import tags
from muvi_provision.aws.clients import Aws
from muvi_provision.aws.patience import error_of
from muvi_provision.day1_network import leftovers
from muvi_provision.day1_network.prefix_lists import PrefixList
from muvi_provision.day1_network.tagged import Shown, Tagged, live_of, unless_gone
from muvi_provision.day1_network.vpc import EVERYWHERE, Vpc
from muvi_provision.engine.stack import Question, Values
from muvi_provision.naming import ADDRESS, ENVIRONMENT
from muvi_provision.resource import Change, Handle, Live, Obstacle, is_known

_ALL_OUT: Any = [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": EVERYWHERE}]}]


class SecurityGroup(
    Tagged,
    mutable={"open_egress"},
    completes=True,
    actions={
        "ec2:CreateSecurityGroup", "ec2:CreateTags", "ec2:DescribeSecurityGroups", "ec2:DescribeNetworkInterfaces",
        "ec2:AuthorizeSecurityGroupEgress", "ec2:RevokeSecurityGroupEgress", "ec2:RevokeSecurityGroupIngress",
        "ec2:DeleteSecurityGroup",
    },
    within="vpc",
    releases=True,
    card="security-groups",
):  # fmt: skip
    """A firewall around whatever bears it. ``description`` is ASCII and can never be changed.

    AWS lets a new group send anything anywhere; without ``open_egress`` that rule is taken away, and what
    the group may send is said by rules of its own.
    """

    vpc: Handle[Vpc]
    description: str
    open_egress: bool = False
    shown = Shown("describe_security_groups", "SecurityGroups", "GroupId")

    def find(self, aws: Aws, known_id: str | None) -> Live | None:
        return super().find(aws, known_id) or (None if known_id else self._namesake(aws))

    def _namesake(self, aws: Aws) -> Live | None:
        """A group of this name in the network, whoever's: AWS would refuse a second one, whatever its case (3.8)."""
        inside = [{"Name": "vpc-id", "Values": [self.vpc.id]}]
        there = aws.listing("ec2", "describe_security_groups", "SecurityGroups", Filters=inside)
        name = aws.physical(self).lower()
        return next((live_of(raw, "GroupId") for raw in there if raw["GroupName"].lower() == name), None)

    def create(self, aws: Aws) -> str:
        made = aws.ec2.create_security_group(
            GroupName=aws.physical(self),
            Description=self.description,
            VpcId=self.vpc.id,
            TagSpecifications=aws.tag_specifications(self, "security-group"),
        )
        return made["GroupId"]

    def newborn(self) -> dict[str, Any]:
        return {"open_egress": True}  # 3.8

    def observe(self, live: Live) -> dict[str, Any]:
        return {
            "vpc": live.raw["VpcId"],
            "description": live.raw["Description"],
            "open_egress": any(_lets_all_out(each) for each in live.raw["IpPermissionsEgress"]),
        }

    def update(self, aws: Aws, live: Live, changes: tuple[Change, ...]) -> None:  # noqa: ARG002
        side, done = ("authorize", "Duplicate") if self.open_egress else ("revoke", "NotFound")
        try:
            getattr(aws.ec2, f"{side}_security_group_egress")(GroupId=live.id, IpPermissions=_ALL_OUT)
        except Exception as error:  # the group itself may be too new to be found, which is not the rule's being gone
            if error_of(error)[1] != f"InvalidPermission.{done}":
                raise

    def release(self, aws: Aws, live: Live) -> None:
        """Its rules that name groups: two groups whose rules name each other would both stay for ever (3.8 f)."""
        for revoke, side in _SIDES:
            naming = [each for each in live.raw.get(side, ()) if each.get("UserIdGroupPairs")]
            _revoke_all(getattr(aws.ec2, revoke), live.id, naming)

    def delete(self, aws: Aws, live: Live) -> None:
        """Whoever made rules in it meanwhile: what keeps another group is let go of before it is tried again."""
        with unless_gone():
            try:
                aws.ec2.delete_security_group(GroupId=live.id)
            except Exception as error:
                if error_of(error)[1] == "DependencyViolation":
                    held: Any = aws.ec2.describe_security_groups(GroupIds=[live.id])["SecurityGroups"][0]
                    self.release(aws, Live(live.id, held))
                raise

    def obstacles(self, aws: Aws, live: Live) -> tuple[Obstacle, ...]:
        return (*leftovers.interfaces(aws, "group-id", live.id), *leftovers.naming_rules(aws, live.id))


_SIDES = (
    ("revoke_security_group_ingress", "IpPermissions"),
    ("revoke_security_group_egress", "IpPermissionsEgress"),
)


def _revoke_all(revoke: Callable[..., Any], group: str, permissions: Any) -> None:
    if permissions:
        with unless_gone():
            revoke(GroupId=group, IpPermissions=permissions)


def _lets_all_out(permission: dict[str, Any]) -> bool:
    ranges = [each["CidrIp"] for each in permission.get("IpRanges", ())]
    return permission["IpProtocol"] == "-1" and EVERYWHERE in ranges


class SecurityGroupRule(
    Tagged,
    mutable={"protocol", "from_port", "to_port", "source", "cidr", "description", "tagged"},
    inherits="group",
    actions={
        "ec2:AuthorizeSecurityGroupIngress", "ec2:AuthorizeSecurityGroupEgress", "ec2:CreateTags",
        "ec2:DescribeSecurityGroups", "ec2:DescribeSecurityGroupRules", "ec2:ModifySecurityGroupRules",
        "ec2:RevokeSecurityGroupIngress", "ec2:RevokeSecurityGroupEgress",
    },
    within="group",
    goes_with="group",
    card="security-groups",
):  # fmt: skip
    """One rule of a group: who may speak to it (or, for egress, whom it may speak to), on which ports.

    ``source`` is the other group or an address list, ``cidr`` a range of addresses: one of the two.
    ``tagged``: a rule that somebody added to our group by hand and that says the same is taken over, and then tagged.
    """

    group: Handle[SecurityGroup]
    direction: Literal["ingress", "egress"]
    from_port: int
    to_port: int
    protocol: str = "tcp"
    source: Handle[SecurityGroup | PrefixList] | None = None
    cidr: str | None = None
    description: str = ""
    tagged: bool = True
    shown = Shown("describe_security_group_rules", "SecurityGroupRules", "SecurityGroupRuleId")

    def find(self, aws: Aws, known_id: str | None) -> Live | None:
        live = super().find(aws, known_id) or self._same(aws)
        return live and replace(live, tags=_own_or_inherited_tags(aws, live))

    def _same(self, aws: Aws) -> Live | None:
        """A rule of the group that says the same, whoever's: AWS would refuse a second one."""
        if not is_known(self.wanted()):
            return None
        # all groups at once, so that all rules share the read
        ids = sorted({self.group.id, *(each["GroupId"] for each in _our_groups(aws))})
        there = self._listed(aws, Filters=[{"Name": "group-id", "Values": ids}])
        says = self._content(self.wanted())
        return next((live for live in there if self._content(self.observe(live)) == says), None)

    def _content(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """What AWS tells rules apart by."""
        return {name: value for name, value in values.items() if name not in ("description", "tagged")}

    def create(self, aws: Aws) -> str:
        incoming = self.direction == "ingress"
        authorize = aws.ec2.authorize_security_group_ingress if incoming else aws.ec2.authorize_security_group_egress
        made = authorize(
            GroupId=self.group.id,
            IpPermissions=[self._permission()],
            TagSpecifications=aws.tag_specifications(self, "security-group-rule"),
        )
        return made["SecurityGroupRules"][0]["SecurityGroupRuleId"]

    def _permission(self) -> Any:
        ports = {"IpProtocol": self.protocol, "FromPort": self.from_port, "ToPort": self.to_port}
        if self.source is None:
            return {**ports, "IpRanges": [{"CidrIp": self.cidr, "Description": self.description}]}
        key, name = ("PrefixListIds", "PrefixListId") if _is_list(self.source) else ("UserIdGroupPairs", "GroupId")
        return {**ports, key: [{name: self.source.id, "Description": self.description}]}

    def observe(self, live: Live) -> dict[str, Any]:
        raw = live.raw
        return {
            "group": raw["GroupId"],
            "direction": "egress" if raw["IsEgress"] else "ingress",
            "protocol": raw["IpProtocol"],
            "from_port": raw["FromPort"],
            "to_port": raw["ToPort"],
            "source": raw.get("ReferencedGroupInfo", {}).get("GroupId") or raw.get("PrefixListId"),
            "cidr": raw.get("CidrIpv4"),
            "description": raw.get("Description", ""),
            "tagged": live.tags.get(ADDRESS) == self.address,
        }

    def update(self, aws: Aws, live: Live, changes: tuple[Change, ...]) -> None:
        changed = {change.field for change in changes}
        if "tagged" in changed:
            aws.ec2.create_tags(Resources=[live.id], Tags=aws.tag_pairs(self))
        if changed - {"tagged"}:
            self._modify(aws, live)

    def _modify(self, aws: Aws, live: Live) -> None:
        rule: Any = {
            "IpProtocol": self.protocol,
            "FromPort": self.from_port,
            "ToPort": self.to_port,
            "Description": self.description,
            **self._peer(),
        }
        changed: Any = {"SecurityGroupRuleId": live.id, "SecurityGroupRule": rule}
        aws.ec2.modify_security_group_rules(GroupId=live.raw["GroupId"], SecurityGroupRules=[changed])

    def _peer(self) -> dict[str, str | None]:
        if self.source is None:
            return {"CidrIpv4": self.cidr}
        return {"PrefixListId" if _is_list(self.source) else "ReferencedGroupId": self.source.id}

    def delete(self, aws: Aws, live: Live) -> None:
        outgoing = live.raw["IsEgress"]
        revoke = aws.ec2.revoke_security_group_egress if outgoing else aws.ec2.revoke_security_group_ingress
        with unless_gone():
            revoke(GroupId=live.raw["GroupId"], SecurityGroupRuleIds=[live.id])


def _our_groups(aws: Aws) -> list[dict[str, Any]]:
    return aws.listing("ec2", "describe_security_groups", "SecurityGroups", Filters=aws.ours())


def _own_or_inherited_tags(aws: Aws, live: Live) -> Mapping[str, str]:
    """A rule that no environment has tagged belongs to whom its group belongs to."""
    if ENVIRONMENT in live.tags:
        return live.tags
    group = (raw for raw in _our_groups(aws) if raw["GroupId"] == live.raw["GroupId"])
    return next((tags.read(raw.get("Tags")) for raw in group), live.tags)


def _is_list(source: Handle[Any]) -> bool:
    return source.id.startswith("pl-")


def only_these(groups: Iterable[Handle[SecurityGroup]], rules: Iterable[Handle[SecurityGroupRule]]) -> Question:
    """Whether these groups let in what these rules say and nothing else."""

    def ask(aws: Aws, values: Values) -> bool:
        inside = [{"Name": "group-id", "Values": sorted(values[group.address]["id"] for group in groups)}]
        there = aws.listing("ec2", "describe_security_group_rules", "SecurityGroupRules", Filters=inside)
        known = {values[rule.address]["id"] for rule in rules}
        return all(each["IsEgress"] or each["SecurityGroupRuleId"] in known for each in there)

    return ask
