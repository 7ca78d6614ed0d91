"""Delegation: what makes the world ask our zone. Facts: aws-reality 6.3 and 6.1.

Where the zone above the domain is in this account, a record there does it. Elsewhere (at a registrar, in another
account) a person does, and until then nothing on the internet finds the stack by its names.
"""

from __future__ import annotations

from typing import Any, ClassVar

from muvi_provision.aws.clients import Aws
from muvi_provision.day4_edge import record_sets
from muvi_provision.day4_edge.record_sets import spoken
from muvi_provision.day4_edge.records import HELD, Marked, plain
from muvi_provision.day4_edge.zones import HostedZone, ParentZone
from muvi_provision.resource import Handle, Live, is_known


class Delegation(Marked, adopts=True, awaits={"parent"}, mutable={"name_servers"}):
    """The record in the zone above ``domain`` that names the servers of ours.

    One that is there already is left as it is: whether it leads to our zone the gate tells.
    """

    claimed: ClassVar[tuple[str, ...]] = ("NS",)

    parent: Handle[ParentZone]
    zone: Handle[HostedZone]
    domain: str
    name_servers: str

    def dormant(self) -> str:
        above = self.parent.zone_id
        return "" if not is_known(above) or above else f"the zone above {self.domain} is not in this account"

    def place(self) -> tuple[str, str]:
        return self.parent.zone_id, self.domain

    def mark_name(self, name: str) -> str:
        """Beside the name and not below it, where the zone above has no say any more."""
        first, _, rest = name.partition(".")
        return f"_muvi-{first}.{rest}"

    def wanted(self) -> dict[str, Any]:
        return {"domain": self.domain, "name_servers": self.name_servers}

    def wanted_sets(self) -> list[Any]:
        return [plain(self.domain, "NS", *(f"{server}." for server in self.name_servers.split()))]

    def observe(self, live: Live) -> dict[str, Any]:
        held = live.raw[HELD].values()
        found = sorted(spoken(value) for each in held for value in record_sets.values(each))
        return {"domain": live.id.partition("/")[2], "name_servers": " ".join(found)}


def is_delegated(aws: Aws, domain: str, name_servers: str) -> bool:
    """Whether the internet asks these servers (with spaces between them), and no others, about the domain."""
    wanted = {spoken(server) for server in name_servers.split()}
    return bool(wanted) and {spoken(server) for server in aws.border.outside.look_up(domain, "NS")} == wanted
