"""How EC2 objects are found: by id, or else by the tag that bears their address."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar

from muvi_provision.aws import tags
from muvi_provision.aws.clients import Aws
from muvi_provision.aws.patience import is_gone
from muvi_provision.naming import ADDRESS
from muvi_provision.resource import Handle, Live, Resource


@dataclass(frozen=True)
class Shown:
    """Where EC2 shows one kind: ``describe_subnets``, ``Subnets``, ``SubnetId``, and its filter parameter."""

    operation: str
    result: str
    id: str
    filters: str = "Filters"


class Tagged(Resource):
    """An EC2 object with tags. A subclass says where it is ``shown`` and inherits ``find``."""

    abstract: ClassVar[bool] = True
    shown: ClassVar[Shown]

    def find(self, aws: Aws, known_id: str | None) -> Live | None:
        """By id if known, whatever its tags; else the one tagged with this address, ours before another stack's.

        NAT gateways and endpoints stay listed, with their tags, for up to an hour after they are gone. One still
        being deleted is shown to who knows its id, so that its end can be waited for.
        """
        seen = self._listed(aws, **{self.shown.filters: aws.ours()})
        if known_id:
            known = next((live for live in seen if live.id == known_id), None) or self._directly(aws, known_id)
            return known if known and not _is(known, "deleted") else None
        seen = [live for live in seen if not _is(live, "deleted")]
        absent = ("deleting", "failed") if self.declared.fades else ("deleting",)
        seen = [live for live in seen if not _is(live, *absent)]
        tagged = [live for live in seen if live.tags.get(ADDRESS) == self.address]
        return max(tagged, key=lambda live: aws.ownership.owns(live.tags, self.address), default=None)

    def _directly(self, aws: Aws, known_id: str) -> Live | None:
        with unless_gone():
            return next(iter(self._listed(aws, **{f"{self.shown.id}s": [known_id]})), None)
        return None

    def _listed(self, aws: Aws, **params: Any) -> list[Live]:
        found = aws.listing("ec2", self.shown.operation, self.shown.result, **params)
        return [live_of(raw, self.shown.id) for raw in found]


def live_of(raw: Mapping[str, Any], id_key: str) -> Live:
    """An answer's dictionary as a Live, its id under ``id_key``."""
    return Live(raw[id_key], raw, tags.read(raw.get("Tags")))


def _is(live: Live, *states: str) -> bool:
    # "Available" in the model, "available" on the wire (aws-reality.md 3.7)
    return str(live.raw.get("State", "")).lower() in states


@contextmanager
def unless_gone() -> Iterator[None]:
    """Lets AWS's "it does not exist" pass as success; everything else rises."""
    try:
        yield
    except Exception as error:
        if not is_gone(error):
            raise


def ranked(found: Iterable[str], wanted: Iterable[Handle[Any]]) -> tuple[str, ...]:
    """Ids that AWS lists in no order, in the order of the wanted ones; those nobody wants come last."""
    order = [str(handle.id) for handle in wanted]
    return tuple(sorted(found, key=lambda each: (order.index(each) if each in order else len(order), each)))
