"""Repositories of images, in whichever account's registry: what is in them, and what an image is made of."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from muvi_provision.sandbox.answers import Refused
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.view import View

INDEXES = {
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.oci.image.index.v1+json",
}


def digest_of(content: bytes | str) -> str:
    """aws-reality 5.1: what an image or a layer is known by."""
    return "sha256:" + hashlib.sha256(content.encode() if isinstance(content, str) else content).hexdigest()


def registry_of(call: Call, view: View) -> str:
    """The account whose registry a call means."""
    return str(call.params.get("registryId") or view.account)


def find(view: View, registry: str, name: str, region: str = "") -> Any:
    """A repository, or None."""
    regions = view.world.existing("ecr", registry)
    backend = regions.get(region or view.region)
    return backend.repositories.get(name) if backend is not None else None


def asked(call: Call, view: View) -> Any:
    """The repository that a call names. Raises ``Refused``."""
    registry, name = registry_of(call, view), call.params["repositoryName"]
    found = find(view, registry, name)
    if found is None:
        message = f"The repository with name '{name}' does not exist in the registry with id '{registry}'"
        raise Refused("RepositoryNotFoundException", message)
    return found


def blobs(repository: Any) -> dict[str, bytes]:
    """The layers' content by digest, which the emulator throws away."""
    held: dict[str, bytes] = vars(repository).setdefault("blobs", {})
    return held


def image(repository: Any, tag: str | None = None, digest: str | None = None) -> Any:
    """The image with this tag, this digest or both; or None."""
    for one in repository.images:
        if (tag is None or tag in one.image_tags) and (digest is None or one.image_digest == digest):
            return one
    return None


def manifest_of(one: Any) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(one.image_manifest)
    return said


def parts(manifest: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The config and the layers that must have been uploaded (those with addresses of their own must not)."""
    if manifest.get("config"):
        yield manifest["config"]
    yield from (one for one in manifest.get("layers", ()) if not one.get("urls"))


def is_index(manifest: Mapping[str, Any]) -> bool:
    return "manifests" in manifest


def size(one: Any) -> int | None:
    """What its parts weigh together; an index says none."""
    manifest = manifest_of(one)
    return None if is_index(manifest) else sum(int(part.get("size", 0)) for part in parts(manifest))
