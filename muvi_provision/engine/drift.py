"""The records against AWS now, from the state alone: no steps, no environment file."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from muvi_provision.aws import waits
from muvi_provision.aws.translation import translated
from muvi_provision.engine.examine import Finding, examine
from muvi_provision.engine.schedule import Job, Later
from muvi_provision.engine.site import Site, raise_fatal
from muvi_provision.errors import MuviError
from muvi_provision.resource import Verdict
from muvi_provision.state.records import INTENDED, Record


@dataclass(frozen=True)
class Drift:
    """What differs from the records. ``unready``: addresses there but not usable, with AWS's reason."""

    findings: Mapping[str, Finding]
    errors: Mapping[str, MuviError] = field(default_factory=dict)
    unready: Mapping[str, str] = field(default_factory=dict)

    @property
    def changed(self) -> list[Finding]:
        return [f for f in self.findings.values() if f.verdict in (Verdict.UPDATE, Verdict.BLOCKED)]

    @property
    def vanished(self) -> list[Finding]:
        return [f for f in self.findings.values() if f.verdict in (Verdict.VANISHED, Verdict.CREATE)]

    @property
    def is_none(self) -> bool:
        return not (self.changed or self.vanished or self.errors)


def find_drift(records: Sequence[Record], site: Site) -> Drift:
    """Reads every recorded object back. Raises NotSignedIn; other errors are in the result."""
    by_address = {record.address: record for record in records if record.status != INTENDED}
    findings: dict[str, Finding] = {}
    errors: dict[str, MuviError] = {}
    lock = threading.Lock()
    aws = replace(site.aws, certain=True, thorough=True)

    def look(name: str, _: int) -> Later | None:
        finding = examine(site.recorded(by_address[name]), by_address[name], aws)
        with lock:
            findings[name] = finding
        return None

    def over(name: str, _: str, error: Exception | None) -> None:
        if error:
            errors[name] = translated(error, name)

    raise_fatal(site.walk().run([Job(address) for address in by_address], look, over))
    ordered = {address: findings[address] for address in by_address if address in findings}
    return Drift(ordered, errors, {a: said for a, f in ordered.items() if (said := _unready(f))})


def _unready(finding: Finding) -> str:
    ready = finding.resource.declared.ready
    if not ready or finding.live is None or waits.outcome(ready, finding.live) == "success":
        return ""
    return waits.reason(ready, finding.live) or "not ready yet"
