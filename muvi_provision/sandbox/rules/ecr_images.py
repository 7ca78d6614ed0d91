"""Images and their layers (aws-reality 5.1 e)."""

from __future__ import annotations

import json
from fnmatch import fnmatchcase
from typing import Any

from muvi_provision.sandbox import images
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.rules.registry import rule
from muvi_provision.sandbox.view import View

_LARGEST = 4 * 1024 * 1024  # 5.1 i


@rule(
    "ecr",
    "PutImage",
    "InvalidParameterException",
    "a manifest is JSON of at most 4 MiB, of a known kind",
    source="5.1 i",
)
def manifest_syntax(call: Call, view: View) -> str | None:
    text = call.params["imageManifest"]
    try:
        said = json.loads(text)
    except ValueError:
        said = None
    if not isinstance(said, dict) or len(text.encode()) > _LARGEST:
        return "Invalid parameter at 'ImageManifest' failed to satisfy constraint: 'Invalid JSON syntax'"
    kind = call.params.get("imageManifestMediaType") or said.get("mediaType")
    return (
        None if kind else "Invalid parameter at 'ImageManifestMediaType' failed to satisfy constraint: 'not provided'"
    )


@rule(
    "ecr",
    "PutImage",
    "ImageDigestDoesNotMatchException",
    "the digest is that of the manifest's bytes",
    source="ECR API: PutImage",
)
def manifest_digest(call: Call, view: View) -> str | None:
    said, real = call.params.get("imageDigest"), images.digest_of(call.params["imageManifest"])
    return f"Image digest '{said}' does not match that of the manifest, '{real}'" if said and said != real else None


@rule("ecr", "PutImage", "LayersNotFoundException", "every layer is uploaded before the image", source="5.1 e")
def layers_missing(call: Call, view: View) -> str | None:
    held = images.blobs(images.asked(call, view))
    wanted = [str(part["digest"]) for part in images.parts(json.loads(call.params["imageManifest"]))]
    missing = [one for one in wanted if one not in held]
    return (
        f"Layers with digests '[{', '.join(missing)}]' required for pushing the image do not exist" if missing else None
    )


@rule("ecr", "PutImage", "ReferencedImagesNotFoundException", "an index comes after its manifests", source="5.1 e")
def manifests_missing(call: Call, view: View) -> str | None:
    repository = images.asked(call, view)
    wanted = [str(one["digest"]) for one in json.loads(call.params["imageManifest"]).get("manifests", ())]
    missing = [one for one in wanted if images.image(repository, digest=one) is None]
    return f"Images with digests '[{', '.join(missing)}]' required for pushing image do not exist" if missing else None


@rule(
    "ecr", "PutImage", "ImageAlreadyExistsException", "the same image with the same tag is there once", source="5.1 e"
)
def image_again(call: Call, view: View) -> str | None:
    repository, tag = images.asked(call, view), call.params.get("imageTag")
    digest = images.digest_of(call.params["imageManifest"])
    there = images.image(repository, tag, digest) is not None
    message = f"Image with digest '{digest}' and tag '{tag}' already exists in the repository '{repository.name}'"
    return message if there else None


@rule("ecr", "PutImage", "ImageTagAlreadyExistsException", "an immutable tag stays with its image", source="5.1 e")
def tag_taken(call: Call, view: View) -> str | None:
    repository, tag = images.asked(call, view), call.params.get("imageTag")
    taken = tag is not None and images.image(repository, tag) is not None and not _movable(repository, tag)
    message = f"The image tag '{tag}' already exists in the '{repository.name}' repository and cannot be overwritten"
    return f"{message} because the tag is immutable." if taken else None


@rule(
    "ecr",
    "DescribeImages",
    "ImageNotFoundException",
    "every image that is asked for is there",
    source="ECR API: DescribeImages",
)
def image_missing(call: Call, view: View) -> str | None:
    repository = images.asked(call, view)
    for wanted in call.params.get("imageIds", ()):
        tag, digest = wanted.get("imageTag"), wanted.get("imageDigest")
        if images.image(repository, tag, digest) is None:
            said = f"{{imageDigest:'{digest or 'null'}', imageTag:'{tag or 'null'}'}}"
            return f"The image with imageId {said} does not exist within the repository with name '{repository.name}'"
    return None


@rule(
    "ecr",
    "GetDownloadUrlForLayer",
    "LayersNotFoundException",
    "a layer that is fetched is there",
    source="ECR API: GetDownloadUrlForLayer",
)
def layer_missing(call: Call, view: View) -> str | None:
    digest = call.params["layerDigest"]
    there = digest in images.blobs(images.asked(call, view))
    return None if there else f"The layer '{digest}' could not be found"


@rule(
    "ecr",
    "GetDownloadUrlForLayer",
    "LayerInaccessibleException",
    "a layer is fetched as a part of an image",
    source="ECR API: GetDownloadUrlForLayer",
)
def layer_of_no_image(call: Call, view: View) -> str | None:
    repository, digest = images.asked(call, view), call.params["layerDigest"]
    used = {str(part.get("digest")) for one in repository.images for part in images.parts(images.manifest_of(one))}
    message = "The specified layer is not available because it is not associated with an image."
    return None if digest in used else message


def _movable(repository: Any, tag: str) -> bool:
    setting = str(getattr(repository.image_tag_mutability, "value", repository.image_tag_mutability))
    filters = [one["filter"] for one in repository.image_tag_mutability_exclusion_filters or ()]
    excluded = any(fnmatchcase(tag, one) for one in filters)
    return setting.startswith("MUTABLE") != (excluded and setting.endswith("_WITH_EXCLUSION"))
