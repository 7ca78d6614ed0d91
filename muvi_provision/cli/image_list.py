"""Which images there are, for which processors, and what really runs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from muvi_provision.cli.holdings import in_our_words, made
from muvi_provision.cli.image_sources import tags_of

if TYPE_CHECKING:
    from muvi_provision.cli.drawing.columns import Row
    from muvi_provision.cli.session import Session
    from muvi_provision.day3_compute.downloading import Downloads
    from muvi_provision.day3_compute.images import Manifest, Place

HEADINGS = ("repository", "tag", "image", "pushed", "size", "for", "services", "running")
CONFIG_LIMIT = 4_000_000  # bytes; a config is a few thousand


@dataclass(frozen=True)
class Seen:
    """A tag that services want. ``digest`` is "" while it is not there; ``running``: other digests that run."""

    repository: str
    tag: str
    services: tuple[str, ...]
    is_made: bool = False
    digest: str = ""
    pushed: datetime | None = None
    bytes: int = 0
    platforms: tuple[str, ...] = ()
    running: tuple[str, ...] = ()

    def described(self) -> dict[str, Any]:
        """For a program."""
        return {
            "repository": self.repository,
            "tag": self.tag,
            "made": self.is_made,
            "digest": self.digest or None,
            "pushed": self.pushed.isoformat() if self.pushed else None,
            "bytes": self.bytes,
            "platforms": list(self.platforms),
            "services": list(self.services),
            "running_others": list(self.running),
        }

    def row(self, now: datetime) -> Row:
        from muvi_provision.cli.drawing.columns import Row, hour, short
        from muvi_provision.cli.drawing.glyphs import size

        state = short(self.digest) or ("not there" if self.is_made else "not built")
        weight = size(self.bytes) if self.bytes else ""
        others = ", ".join(map(short, self.running))
        cells = (self.repository, self.tag, state, hour(self.pushed, now), weight, ", ".join(self.platforms))
        tone = "dim" if not self.is_made else "" if self.digest and not self.running else "warn"
        return Row((*cells, ", ".join(self.services), others), tone)


def listed(session: Session) -> list[Seen]:
    """Every repository's wanted tags, in the environment's order. Asks AWS only about what is recorded."""
    environment = session.environment
    names = [(name, tag) for name in environment.repositories for tag in tags_of(session, name)]
    there = [name for name, _ in names if made(session, f"repository/{name}")]
    if not there:
        return [Seen(name, tag, _users(session, name, tag)) for name, tag in names]
    from muvi_provision.cli.service_list import raws, running_digests
    from muvi_provision.day3_compute.downloading import Downloads

    running = running_digests(session, raws(session))
    downloads = Downloads(session.connection.aws)
    try:
        return [_seen(session, name, tag, running, downloads) for name, tag in names]
    finally:
        downloads.close()


def _users(session: Session, repository: str, tag: str) -> tuple[str, ...]:
    environment = session.environment
    return tuple(
        name
        for name, service in environment.services.items()
        if service.image == repository and (service.tag or environment.images.tag) == tag
    )


def _seen(session: Session, name: str, tag: str, running: Mapping[str, frozenset[str]], downloads: Downloads) -> Seen:
    from muvi_provision.day3_compute.images import Place, fetched

    services, record = _users(session, name, tag), made(session, f"repository/{name}")
    if record is None:
        return Seen(name, tag, services)
    place = Place(session.connection.aws, str(record.id), tag)
    with in_our_words(record.address):
        found = fetched(place, [{"imageTag": tag}])
        if not found:
            return Seen(name, tag, services, is_made=True, running=_others(services, running, ""))
        return _filled(place, found[0], Seen(name, tag, services, is_made=True), running, downloads)


def _filled(
    place: Place, top: Manifest, seen: Seen, running: Mapping[str, frozenset[str]], downloads: Downloads
) -> Seen:
    from muvi_provision.day3_compute.images import fetched, platforms

    detail = place.aws.ecr.describe_images(**place.named, imageIds=[{"imageDigest": top.digest}])["imageDetails"][0]
    inside = fetched(place, [{"imageDigest": digest} for digest in top.children]) if top.children else [top]
    blobs = {blob.digest: blob.size for manifest in inside for blob in manifest.blobs}
    said = top.said if top.children else _config(place, top, downloads)
    same = {top.digest, *top.children}  # ECS tells the digest of the index or of the processor's own image
    others = tuple(one for one in _others(seen.services, running, top.digest) if one not in same)
    return Seen(
        seen.repository, seen.tag, seen.services, True, top.digest, detail.get("imagePushedAt"),
        sum(blobs.values()), platforms(said), others,
    )  # fmt: skip


def _others(services: tuple[str, ...], running: Mapping[str, frozenset[str]], digest: str) -> tuple[str, ...]:
    return tuple(sorted({one for service in services for one in running.get(service, ()) if one != digest}))


def _config(place: Place, manifest: Manifest, downloads: Downloads) -> dict[str, Any]:
    """The config of an image for one processor, which says which; nothing for one that cannot be read."""
    config = manifest.said.get("config", {}).get("digest")
    if not config:
        return {}
    address = place.aws.ecr.get_download_url_for_layer(**place.named, layerDigest=config)["downloadUrl"]
    try:
        found = json.loads(downloads.whole(address, CONFIG_LIMIT))
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
