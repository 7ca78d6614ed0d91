"""Hosted zones: the public one of the domain, and the private one of the names that exist only inside the network.

Facts: aws-reality 6.3, 1.4 and 1.5. A second zone of the same name would get other name servers and answer nobody, so
one that is there already is used as it is. Tags need a second call; a zone without them is known by its comment.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from muvi_provision.aws import tag_index, tags
from muvi_provision.aws.clients import Aws
from muvi_provision.day1_network.tagged import unless_gone
from muvi_provision.day1_network.vpc import Vpc
from muvi_provision.day4_edge import record_sets
from muvi_provision.day4_edge.ownership import mark, mark_name, marked, tags_in
from muvi_provision.day4_edge.record_sets import spoken
from muvi_provision.errors import NameTaken
from muvi_provision.naming import ADDRESS, ENVIRONMENT, LINEAGE
from muvi_provision.resource import Change, Handle, Live, Obstacle, Resource

TAGS, SERVERS, NETWORKS = "muvi:tags", "muvi:name-servers", "muvi:networks"  # ours, beside Route 53's own fields
SHOWN = 5  # records named in full; the rest is counted


class Zone(
    Resource,
    completes=True,
    mutable={"tagged"},
    actions={
        "route53:ChangeTagsForResource", "route53:CreateHostedZone", "route53:DeleteHostedZone",
        "route53:GetHostedZone", "route53:ListHostedZones", "route53:ListResourceRecordSets",
        "route53:ListTagsForResource", tag_index.ACTION,
    },
    prices=("route53.zone",),
    card="route53",
):  # fmt: skip
    """What both kinds have in common. ``tagged``: whether it bears all our tags, and not only our comment."""

    abstract: ClassVar[bool] = True

    domain: str
    tagged: bool = True

    def _live(self, aws: Aws, raw: Mapping[str, Any]) -> Live:
        """Its comment, which it bears from the first moment, says whose it is as well as its tags do."""
        wanted = zone_id(raw)
        told = tag_index.tags_of(
            aws.worldwide, f"arn:aws:route53:::hostedzone/{wanted}", self.address, lambda: _asked(aws, wanted)
        )
        born = tags_in(aws, self, str(raw.get("Config", {}).get("Comment", "")))
        return Live(wanted, {**raw, TAGS: dict(told)}, {**born, **told})

    def newborn(self) -> dict[str, Any]:
        return {"tagged": False}

    def observe(self, live: Live) -> dict[str, Any]:
        told = live.raw[TAGS]
        whole = told.get("Name") == live.tags.get("Name") and marked_by(told) == marked_by(live.tags)
        return {"domain": spoken(live.raw["Name"]), "tagged": whole}

    def update(self, aws: Aws, live: Live, changes: tuple[Change, ...]) -> None:  # noqa: ARG002
        kind: Any = "hostedzone"
        aws.route53.change_tags_for_resource(ResourceType=kind, ResourceId=live.id, AddTags=aws.tag_pairs(self))

    def delete(self, aws: Aws, live: Live) -> None:
        """HostedZoneNotEmpty rises while there is a record in it that is not the zone's own."""
        with unless_gone():
            aws.route53.delete_hosted_zone(Id=live.id)

    def obstacles(self, aws: Aws, live: Live) -> tuple[Obstacle, ...]:
        """The records in it that this stack has not made."""
        records = [each for each in record_sets.listed(aws, live.id) if not _is_own(each, self.domain)]
        ours = {spoken(each["Name"]) for each in records if aws.ownership.lineage == _lineage(each)}
        names = [f"{each['Type']} {spoken(each['Name'])}" for each in records if not _is_marked(each, ours)]
        more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
        what = f"somebody else's records are in it: {', '.join(names[:SHOWN])}{more}"
        return (Obstacle(what, passes=False),) if names else ()

    def outputs(self, live: Live) -> dict[str, str]:
        return {"zone_id": live.id}


class HostedZone(Zone, adopts=True, outputs={"zone_id", "name_servers"}):
    """The public zone of ``domain``. It answers the world once the domain above it, or its registrar, says so.

    Outputs: ``zone_id``, and ``name_servers``, its four, with spaces between them.
    """

    def find(self, aws: Aws, known_id: str | None) -> Live | None:
        """The known one; else ours before a stranger's. Raises NameTaken when only two strangers' have the name."""
        every = [raw for raw in listed(aws) if _is_public(raw)]
        known = next((raw for raw in every if zone_id(raw) == known_id), None)
        if known or (known_id and aws.shallow):
            return self._live(aws, known) if known else None
        alike = [self._live(aws, raw) for raw in every if spoken(raw["Name"]) == self.domain]
        ours = [live for live in alike if live.tags.get(ENVIRONMENT) == aws.ownership.env and ADDRESS in live.tags]
        if not ours and len(alike) > 1:
            raise _two_of_them(self, alike)
        return max(ours or alike, key=lambda live: aws.ownership.owns(live.tags, self.address), default=None)

    def _live(self, aws: Aws, raw: Mapping[str, Any]) -> Live:
        live = super()._live(aws, raw)
        own = () if aws.shallow else record_sets.servers(record_sets.listed(aws, live.id), spoken(raw["Name"]))
        return Live(live.id, {**live.raw, SERVERS: own}, live.tags)

    def create(self, aws: Aws) -> str:
        made = aws.route53.create_hosted_zone(
            Name=self.domain,
            CallerReference=aws.token,
            HostedZoneConfig={"Comment": mark(aws.ownership, self.address), "PrivateZone": False},
        )
        return zone_id(made["HostedZone"])

    def outputs(self, live: Live) -> dict[str, str]:
        return {"zone_id": live.id, "name_servers": " ".join(live.raw.get(SERVERS, ()))}


class PrivateZone(
    Zone,
    mutable={"tagged", "vpc"},
    outputs={"zone_id"},
    actions={
        *Zone.declared.actions, "ec2:DescribeVpcs", "route53:AssociateVPCWithHostedZone",
        "route53:DisassociateVPCFromHostedZone",
    },
):  # fmt: skip
    """The zone of ``domain`` that answers only inside ``vpc``, where it hides a public one of that name (6.3 h).

    Others of this name may belong to other networks, so it is known by its comment and tags. Output: ``zone_id``.
    """

    vpc: Handle[Vpc]

    def find(self, aws: Aws, known_id: str | None) -> Live | None:
        every = [raw for raw in listed(aws) if _is_private(raw)]
        if known_id:
            return next((self._live(aws, raw) for raw in every if zone_id(raw) == known_id), None)
        alike = (self._live(aws, raw) for raw in every if spoken(raw["Name"]) == self.domain)
        named = [live for live in alike if live.tags.get(ADDRESS) == self.address]
        return max(named, key=lambda live: aws.ownership.owns(live.tags, self.address), default=None)

    def _live(self, aws: Aws, raw: Mapping[str, Any]) -> Live:
        live = super()._live(aws, raw)
        networks = {NETWORKS: _networks(aws, live.id)} if aws.thorough else {}
        return Live(live.id, {**live.raw, **networks}, live.tags)

    def create(self, aws: Aws) -> str:
        made = aws.route53.create_hosted_zone(
            Name=self.domain,
            VPC=_network(aws, self.vpc.id),
            CallerReference=aws.token,
            HostedZoneConfig={"Comment": mark(aws.ownership, self.address), "PrivateZone": True},
        )
        return zone_id(made["HostedZone"])

    def observe(self, live: Live) -> dict[str, Any]:
        """Its networks are told one zone at a time, so a plan does not look at them."""
        seen = {"vpc": " ".join(live.raw[NETWORKS])} if NETWORKS in live.raw else {}
        return {**super().observe(live), **seen}

    def update(self, aws: Aws, live: Live, changes: tuple[Change, ...]) -> None:
        """The new network first: the last one of a private zone cannot be taken from it (6.3 g)."""
        changed = {change.field for change in changes}
        if "tagged" in changed:
            super().update(aws, live, changes)
        if "vpc" in changed:
            there = _networks(aws, live.id)
            if self.vpc.id not in there:
                aws.route53.associate_vpc_with_hosted_zone(HostedZoneId=live.id, VPC=_network(aws, self.vpc.id))
            for other in sorted(set(there) - {self.vpc.id}):
                aws.route53.disassociate_vpc_from_hosted_zone(HostedZoneId=live.id, VPC=_network(aws, other))


class ParentZone(Resource, lookup=True, outputs={"zone_id"}, actions={"route53:ListHostedZones"}, card="route53"):
    """The public zone above ``domain`` in this account, the nearest one. It is always found.

    Output: ``zone_id``, "" when the account has none, or two of the same name, of which nobody can tell the real one.
    """

    domain: str

    def find(self, aws: Aws, known_id: str | None) -> Live | None:  # noqa: ARG002
        above = [raw for raw in listed(aws) if _is_public(raw) and self.domain.endswith(f".{spoken(raw['Name'])}")]
        nearest = max((len(raw["Name"]) for raw in above), default=0)
        found = [zone_id(raw) for raw in above if len(raw["Name"]) == nearest]
        return Live(found[0] if len(found) == 1 else f"none above {self.domain}", {"found": found})

    def observe(self, live: Live) -> dict[str, Any]:  # noqa: ARG002
        return {}

    def outputs(self, live: Live) -> dict[str, str]:
        found = live.raw["found"]
        return {"zone_id": found[0] if len(found) == 1 else ""}


def listed(aws: Aws) -> list[dict[str, Any]]:
    """Every zone of the account."""
    return aws.worldwide.listing("route53", "list_hosted_zones", "HostedZones")


def zone_id(raw: Mapping[str, Any]) -> str:
    """``Z0123`` of ``/hostedzone/Z0123``."""
    return str(raw["Id"]).rpartition("/")[2]


def marked_by(told: Mapping[str, str]) -> str:
    """What tags say of whose it is, so that two of them can be compared."""
    return " ".join(f"{key}={told[key]}" for key in sorted(told) if key.startswith("muvi:"))


def _asked(aws: Aws, wanted: str) -> dict[str, str]:
    """A zone's tags, from Route 53 itself."""
    with unless_gone():
        answer = aws.worldwide.read("route53", "list_tags_for_resource", ResourceType="hostedzone", ResourceId=wanted)
        return tags.read(answer["ResourceTagSet"]["Tags"])
    return {}


def _is_public(raw: Mapping[str, Any]) -> bool:
    return not raw.get("Config", {}).get("PrivateZone") and "LinkedService" not in raw


def _is_private(raw: Mapping[str, Any]) -> bool:
    """Without those that Cloud Map made, and that only Cloud Map may change."""
    return bool(raw.get("Config", {}).get("PrivateZone")) and "LinkedService" not in raw


def _network(aws: Aws, vpc: str) -> Any:
    return {"VPCRegion": aws.region, "VPCId": vpc}


def _networks(aws: Aws, wanted: str) -> tuple[str, ...]:
    answer = aws.worldwide.read("route53", "get_hosted_zone", Id=wanted)
    return tuple(sorted(each["VPCId"] for each in answer.get("VPCs", ())))


def _two_of_them(zone: HostedZone, alike: Iterable[Live]) -> NameTaken:
    ids = " and ".join(live.id for live in alike)
    return NameTaken(
        f"there are two public zones {zone.domain}, {ids}, and neither is this stack's",
        where=zone.address,
        why="only one of them answers the world, and which one is for its owner to know: delete the other",
        next=(f"dig NS {zone.domain} +short", "muvi run day4"),
    )


def _is_own(record: Mapping[str, Any], domain: str) -> bool:
    """The two at its top that come and go with the zone."""
    return record["Type"] in ("NS", "SOA") and spoken(record["Name"]) == domain


def _lineage(record: Mapping[str, Any]) -> str:
    """Which stack's mark a record is; "" for one that is none."""
    return next((told[LINEAGE] for value in record_sets.values(record) if (told := marked(value))), "")


def _is_marked(record: Mapping[str, Any], marks: set[str]) -> bool:
    name = spoken(record["Name"])
    return name in marks or mark_name(name) in marks
