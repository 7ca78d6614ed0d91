"""What is in a registry: which image a tag stands for, what it is made of, and for which processors.

Facts: aws-reality 5.1. An index (a manifest list) names one manifest a processor; a manifest names a config and layers.
Everything in a registry is known by the SHA-256 of its bytes, so a manifest's text is passed on as it came.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from muvi_provision.aws.clients import Aws
from muvi_provision.errors import StepFailed

if TYPE_CHECKING:
    from mypy_boto3_ecr.type_defs import ImageIdentifierTypeDef

INDEXES = (
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.oci.image.index.v1+json",
)
MANIFESTS = (
    "application/vnd.docker.distribution.manifest.v2+json",
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.v1+prettyjws",
    "application/vnd.docker.distribution.manifest.v1+json",
)
AT_ONCE = 100  # ids in one question
NAMED = 10  # tags that an error names


@dataclass(frozen=True)
class Place:
    """A tag of a repository in somebody's registry; ``registry`` is "" for the account's own."""

    aws: Aws
    repository: str
    tag: str
    registry: str = ""

    def __str__(self) -> str:
        owner = f"{self.registry}/" if self.registry else ""
        return f"{owner}{self.repository}:{self.tag} in {self.aws.region}"

    @property
    def named(self) -> dict[str, Any]:
        """The parameters that every call about it has."""
        return {"repositoryName": self.repository, **({"registryId": self.registry} if self.registry else {})}


@dataclass(frozen=True)
class Blob:
    """A config or a layer: ``size`` in bytes."""

    digest: str
    size: int


@dataclass(frozen=True)
class Manifest:
    """One manifest or index, its text as it is in the registry."""

    digest: str
    text: str
    media_type: str

    @property
    def said(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.text)
        return found

    @property
    def blobs(self) -> tuple[Blob, ...]:
        """Its config and layers, those left out that are fetched from somewhere else (they have addresses)."""
        said = self.said
        parts = [part for part in (said.get("config"), *said.get("layers", ())) if part and not part.get("urls")]
        return tuple({part["digest"]: Blob(part["digest"], int(part.get("size", 0))) for part in parts}.values())

    @property
    def children(self) -> tuple[str, ...]:
        """The digests an index names."""
        return tuple(dict.fromkeys(part["digest"] for part in self.said.get("manifests", ())))


@dataclass(frozen=True)
class Whole:
    """An image with everything it is made of: what the tag stands for comes last, what that names before it."""

    manifests: tuple[Manifest, ...]

    @property
    def top(self) -> Manifest:
        return self.manifests[-1]

    @property
    def blobs(self) -> tuple[Blob, ...]:
        return tuple({blob.digest: blob for each in self.manifests for blob in each.blobs}.values())


def whole(place: Place) -> Whole:
    """Everything the tag stands for. Raises StepFailed when it is not there, or is of a sort that cannot be copied."""
    found = fetched(place, [{"imageTag": place.tag}])
    if not found:
        raise _absent(place)
    return Whole(tuple(_with_children(place, found[0])))


def _with_children(place: Place, manifest: Manifest) -> Iterator[Manifest]:
    if manifest.said.get("schemaVersion") == 1:
        why = "it is in the registry format of before 2016, whose layers are named otherwise"
        raise StepFailed(f"{place} cannot be copied", where=place.repository, why=why, next=("muvi images build",))
    digests = manifest.children
    found = {
        each.digest: each
        for start in range(0, len(digests), AT_ONCE)
        for each in fetched(place, [{"imageDigest": digest} for digest in digests[start : start + AT_ONCE]])
    }
    if lost := [digest for digest in digests if digest not in found]:
        raise StepFailed(
            f"{place} names {len(lost)} image{'' if len(lost) == 1 else 's'} that are not in its repository: {lost[0]}",
            where=place.repository,
            why="an index can only be copied with all it names",
            next=("muvi images copy --from-tag TAG",),
        )
    for digest in digests:
        yield from _with_children(place, found[digest])
    yield manifest


def fetched(place: Place, ids: Sequence[ImageIdentifierTypeDef]) -> list[Manifest]:
    """Those of the images that are there. Raises StepFailed for a text that is not what its digest says."""
    answer = place.aws.ecr.batch_get_image(**place.named, imageIds=ids, acceptedMediaTypes=[*INDEXES, *MANIFESTS])
    found = []
    for image in answer["images"]:
        digest, text = image["imageId"]["imageDigest"], image["imageManifest"]
        if digest != (real := digest_of(text.encode())):
            why = f"its bytes have the digest {real}"
            raise StepFailed(f"the registry gave another manifest than {digest}", where=str(place), why=why)
        found.append(Manifest(digest, text, image.get("imageManifestMediaType") or json.loads(text)["mediaType"]))
    return found


def digest_of(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def _absent(place: Place) -> StepFailed:
    known = tags_of(place)
    there = f"its tags are {', '.join(known[:NAMED])}" if known else "it has no tag at all"
    more = f" and {len(known) - NAMED} more" if len(known) > NAMED else ""
    advice = f"muvi images copy --from-tag {known[0]}" if known else "muvi images build"
    what = f"{place.repository} has no tag {place.tag}: {there}{more}"
    return StepFailed(what, where=str(place), next=(advice,))


def tags_of(place: Place) -> list[str]:
    """The tags in a repository, the one pushed last first."""
    pages = place.aws.ecr.get_paginator("describe_images").paginate(**place.named, filter={"tagStatus": "TAGGED"})
    details = [detail for page in pages for detail in page["imageDetails"]]
    details.sort(key=lambda detail: detail["imagePushedAt"], reverse=True)
    return [tag for detail in details for tag in detail.get("imageTags", ())]


def platforms(said: Mapping[str, Any]) -> tuple[str, ...]:
    """``linux/amd64`` and the like, of an index or of an image's config; what only vouches for others is left out."""
    among = [part.get("platform", {}) for part in said.get("manifests", ())] or [said]
    named = (
        "/".join(filter(None, (one.get("os"), one.get("architecture"), one.get("variant"))))
        for one in among
        if one.get("architecture") not in (None, "", "unknown")
    )
    return tuple(dict.fromkeys(named))
