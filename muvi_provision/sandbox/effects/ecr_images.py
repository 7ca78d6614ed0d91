"""Images: known by the digest of their manifest's bytes, moved between tags, read from other accounts."""

from __future__ import annotations

import json
from typing import Any

from muvi_provision.sandbox import images
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.effects.ecr import paged
from muvi_provision.sandbox.effects.registry import instead
from muvi_provision.sandbox.view import View


@instead("ecr", "PutImage")
def put(call: Call, view: View) -> Any:
    """The emulator's digest is another, and it asks for no layers. What is refused is in ``rules/ecr_images``."""
    from moto.ecr.models import Image

    repository, text, tag = images.asked(call, view), call.params["imageManifest"], call.params.get("imageTag")
    digest = images.digest_of(text)
    found = images.image(repository, digest=digest)
    if found is None:
        kind = call.params.get("imageManifestMediaType") or json.loads(text)["mediaType"]
        found = Image(view.account, None, text, repository.name, kind, digest, repository.registry_id)
        found.image_pushed_at = int(view.today.timestamp())
        repository.images.append(found)
    if tag is not None:
        _move(repository, tag, found)
    return {"image": _image(repository, found, tag)}


@instead("ecr", "BatchGetImage")
def get(call: Call, view: View) -> Any:
    repository = images.asked(call, view)
    found: list[Any] = []
    failures: list[Any] = []
    for wanted in call.params["imageIds"]:
        one = images.image(repository, wanted.get("imageTag"), wanted.get("imageDigest"))
        if one is None:
            reason = {"failureCode": "ImageNotFound", "failureReason": "Requested image not found"}
            failures.append({"imageId": dict(wanted)} | reason)
        else:
            found.append(_image(repository, one, wanted.get("imageTag")))
    return {"images": found, "failures": failures}


@instead("ecr", "DescribeImages")
def describe(call: Call, view: View) -> Any:
    repository, asked = images.asked(call, view), call.params.get("imageIds")
    if asked:
        wanted = [images.image(repository, one.get("imageTag"), one.get("imageDigest")) for one in asked]
        found = list(dict.fromkeys(wanted))
    else:
        found = [one for one in repository.images if _has_status(call, one)]
    return paged(call, "imageDetails", [_detail(repository, one) for one in found], whole=bool(asked))


@instead("ecr", "ListImages")
def listed(call: Call, view: View) -> Any:
    repository = images.asked(call, view)
    found = [
        {"imageDigest": one.image_digest} | ({"imageTag": tag} if tag else {})
        for one in repository.images
        if _has_status(call, one)
        for tag in one.image_tags or [None]
    ]
    return paged(call, "imageIds", found)


def _has_status(call: Call, one: Any) -> bool:
    status = call.params.get("filter", {}).get("tagStatus", "ANY")
    return bool(status == "ANY" or (status == "TAGGED") == bool(one.image_tags))


def _move(repository: Any, tag: str, to: Any) -> None:
    """A tag names one image; the one that had it stays, untagged."""
    for one in repository.images:
        if one is not to and tag in one.image_tags:
            one.image_tags.remove(tag)
            one.image_tag = one.image_tags[-1] if one.image_tags else None
    to.update_tag(tag)


def _image(repository: Any, one: Any, tag: str | None) -> dict[str, Any]:
    return {
        "registryId": repository.registry_id,
        "repositoryName": repository.name,
        "imageId": {"imageDigest": one.image_digest} | ({"imageTag": tag} if tag else {}),
        "imageManifest": one.image_manifest,
        "imageManifestMediaType": one.image_manifest_media_type,
    }


def _detail(repository: Any, one: Any) -> dict[str, Any]:
    shown = {
        "registryId": repository.registry_id,
        "repositoryName": repository.name,
        "imageDigest": one.image_digest,
        "imagePushedAt": one.image_pushed_at,
        "imageManifestMediaType": one.image_manifest_media_type,
    }
    weight = images.size(one)
    return (
        shown
        | ({"imageTags": list(one.image_tags)} if one.image_tags else {})
        | ({"imageSizeInBytes": weight} if weight is not None else {})
    )
