"""Records: the names of the stack, and the one by which a certificate is proved.

Facts: aws-reality 6.1 and 6.3. A record bears no tags, so a TXT record that says whose it is comes and goes with it, in
the same batch: all of a batch is carried out or none of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from muvi_provision.aws.clients import Aws
from muvi_provision.day1_network.tagged import unless_gone
from muvi_provision.day4_edge import record_sets
from muvi_provision.day4_edge.certificate_listing import PROOF_ACTIONS, is_proof_of_others
from muvi_provision.day4_edge.ownership import mark, mark_name, tags_in
from muvi_provision.day4_edge.record_sets import RecordSet, spoken
from muvi_provision.day4_edge.zones import HostedZone, PrivateZone
from muvi_provision.errors import NameTaken
from muvi_provision.naming import LINEAGE
from muvi_provision.resource import Change, Handle, Live, Resource, is_known

CLOUDFRONT_ZONE = "Z2FDTNDATAQYW2"  # the zone of every distribution (6.3)
TTL = 300  # seconds for which the world may remember it
HELD, MARK = "held", "mark"


class Marked(
    Resource,
    actions={"route53:ChangeResourceRecordSets", "route53:ListResourceRecordSets"},
    card="route53",
):
    """Records of one name with a mark beside them. The id is ``<zone>/<name>``.

    ``claimed``: the types of records at that name that are this one's, when the mark says that it is ours.
    """

    abstract: ClassVar[bool] = True
    claimed: ClassVar[tuple[str, ...]] = ()

    def place(self) -> tuple[str, str]:
        """The zone's id and the name, of which either may still be unknown."""
        raise NotImplementedError

    def wanted_sets(self) -> list[Any]:
        """The records as they are written."""
        raise NotImplementedError

    def mark_name(self, name: str) -> str:
        return mark_name(name)

    def find(self, aws: Aws, known_id: str | None) -> Live | None:
        place: Any = known_id.partition("/")[::2] if known_id else self.place()
        if not is_known(place) or not all(place):
            return None
        return self._shown(aws, place[0], spoken(place[1]))

    def _shown(self, aws: Aws, zone: str, name: str) -> Live | None:
        every = [each for each in record_sets.listed(aws, zone) if spoken(each["Name"]) in (name, self.mark_name(name))]
        held = {each["Type"]: each for each in every if spoken(each["Name"]) == name and each["Type"] in self.claimed}
        beside = [each for each in every if each["Type"] == "TXT" and spoken(each["Name"]) == self.mark_name(name)]
        told = tags_in(aws, self, " ".join(value for each in beside for value in record_sets.values(each)))
        if not held and not self._is_missed(aws, told):
            return None
        return Live(f"{zone}/{name}", {HELD: held, MARK: beside}, told)

    def _is_missed(self, aws: Aws, told: Mapping[str, str]) -> bool:
        """Whether a mark without its record stands for a record that is ours and that somebody deleted, or a rival's.

        What is used as it is cannot be used where there is nothing.
        """
        return bool(told) and (not self.declared.adopts or aws.ownership.owns(told, self.address))

    def create(self, aws: Aws) -> str:
        """AWS refuses all of it when there is such a record already."""
        zone, name = self.place()[0], spoken(self.place()[1])
        _change(aws, zone, [*_each("CREATE", self.wanted_sets()), _upsert(self._mark(aws, name))])
        return f"{zone}/{name}"

    def update(self, aws: Aws, live: Live, changes: tuple[Change, ...]) -> None:  # noqa: ARG002
        """What is in the way of it goes in the same batch, since a CNAME cannot become an alias in one step (6.3 e)."""
        zone, _, name = live.id.partition("/")
        now, sets = self._shown(aws, zone, name), self.wanted_sets()
        kept = {each["Type"] for each in sets}
        others = [held for kind, held in now.raw[HELD].items() if kind not in kept] if now else []
        _change(aws, zone, [*_each("DELETE", others), *map(_upsert, sets), _upsert(self._mark(aws, name))])

    def delete(self, aws: Aws, live: Live) -> None:
        """With exactly what is there now (6.3 f), and the mark."""
        zone, _, name = live.id.partition("/")
        now = self._shown(aws, zone, name)
        going = [*(now.raw[HELD].values() if live.raw[HELD] else ()), *now.raw[MARK]] if now else []
        if going:
            with unless_gone():
                _change(aws, zone, _each("DELETE", going))

    def _mark(self, aws: Aws, name: str) -> RecordSet:
        return plain(self.mark_name(name), "TXT", f'"{mark(aws.ownership, self.address)}"')


class DnsRecord(Marked, mutable={"target", "target_zone", "ipv6"}, within="zone"):
    """A name of the stack that means one of AWS's: an alias, which costs nothing and may stand at the domain itself.

    host: the whole name. target, target_zone: the name that is meant, and the zone AWS keeps it in.
    ipv6: whether it has an address of the newer kind as well, as CloudFront's names do.
    """

    claimed: ClassVar[tuple[str, ...]] = ("A", "AAAA", "CNAME")

    zone: Handle[HostedZone] | Handle[PrivateZone]
    host: str
    target: str
    target_zone: str
    ipv6: bool = False

    def place(self) -> tuple[str, str]:
        return self.zone.id, self.host

    def wanted(self) -> dict[str, Any]:
        """Names without regard to case."""
        target = spoken(self.target) if is_known(self.target) else self.target
        return {**super().wanted(), "target": target}

    def wanted_sets(self) -> list[Any]:
        # a target that is asked after its health takes the name away with it, when nothing else could answer to it
        alias = {"HostedZoneId": self.target_zone, "DNSName": self.target, "EvaluateTargetHealth": False}
        kinds = ("A", "AAAA") if self.ipv6 else ("A",)
        return [{"Name": self.host, "Type": kind, "AliasTarget": alias} for kind in kinds]

    def observe(self, live: Live) -> dict[str, Any]:
        zone, _, host = live.id.partition("/")
        held = live.raw[HELD]
        met = {_means(each) for each in held.values()}
        target, target_zone = next(iter(met)) if len(met) == 1 else (" and ".join(sorted(one for one, _ in met)), "")
        return {"zone": zone, "host": host, "target": target, "target_zone": target_zone, "ipv6": "AAAA" in held}


class ValidationRecord(
    Marked, adopts=True, mutable={"record_value"}, actions={*Marked.declared.actions, *PROOF_ACTIONS}
):
    """The CNAME by which ACM sees that the domain is ours, now and whenever it renews the certificate.

    It is the same for every certificate of that name in the account, so one that is there already is used as it is.
    """

    claimed: ClassVar[tuple[str, ...]] = ("CNAME",)

    zone: Handle[HostedZone]
    record_name: str
    record_value: str

    def place(self) -> tuple[str, str]:
        return self.zone.id, self.record_name

    def wanted(self) -> dict[str, Any]:
        names = {"record_name": self.record_name, "record_value": self.record_value}
        return {**super().wanted(), **{key: spoken(name) if is_known(name) else name for key, name in names.items()}}

    def find(self, aws: Aws, known_id: str | None) -> Live | None:
        """Raises NameTaken when somebody else's says something else, which would prove nothing."""
        live = super().find(aws, known_id)
        strange = live and live.tags.get(LINEAGE) != aws.ownership.lineage and is_known(self.record_value)
        if live and strange and not aws.shallow and _value(live) != spoken(self.record_value):
            raise NameTaken(
                f"{live.id} says {_value(live)}, and not {spoken(self.record_value)}",
                where=self.address,
                why="somebody else made it, and with it the certificate is never issued: delete it yourself",
                next=("muvi run day4",),
            )
        return live

    def delete(self, aws: Aws, live: Live) -> None:
        """Only our mark goes where another certificate is renewed by the record: it is nobody's in particular then."""
        if is_proof_of_others(aws, live.id.partition("/")[2]):
            live = Live(live.id, {**live.raw, HELD: {}}, live.tags)
        super().delete(aws, live)

    def wanted_sets(self) -> list[Any]:
        return [plain(self.record_name, "CNAME", self.record_value)]

    def observe(self, live: Live) -> dict[str, Any]:
        zone, _, name = live.id.partition("/")
        return {"zone": zone, "record_name": name, "record_value": _value(live)}


def plain(name: str, kind: str, *values: str) -> RecordSet:
    """A record that is no alias."""
    return {"Name": name, "Type": kind, "TTL": TTL, "ResourceRecords": [{"Value": value} for value in values]}


def _means(record: RecordSet) -> tuple[str, str]:
    alias = record.get("AliasTarget", {})
    target = spoken(alias["DNSName"]).removeprefix("dualstack.") if alias else " ".join(record_sets.values(record))
    return target, str(alias.get("HostedZoneId", ""))


def _value(live: Live) -> str:
    return spoken(" ".join(value for each in live.raw[HELD].values() for value in record_sets.values(each)))


def _upsert(record: RecordSet) -> dict[str, Any]:
    return {"Action": "UPSERT", "ResourceRecordSet": record}


def _each(action: str, records: Iterable[RecordSet]) -> list[dict[str, Any]]:
    return [{"Action": action, "ResourceRecordSet": record} for record in records]


def _change(aws: Aws, zone: str, changes: list[Any]) -> None:
    aws.route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": changes})
