"""Layers: uploaded in parts, kept with their bytes, fetched from an address."""

from __future__ import annotations

from typing import Any

from muvi_provision.sandbox import downloads, images
from muvi_provision.sandbox.answers import Refused
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.effects.registry import instead
from muvi_provision.sandbox.view import View

_PART_AT_LEAST = 5 * 1024 * 1024  # aws-reality 5.1 i
_PART_SIZE = 10 * 1024 * 1024


@instead("ecr", "InitiateLayerUpload")
def begun(call: Call, view: View) -> Any:
    from moto.ecr.models import LayerUpload

    repository = images.asked(call, view)
    upload = LayerUpload(repository.name, repository.registry_id)
    upload.sizes = []
    repository.uploads[upload.upload_id] = upload
    return {"uploadId": upload.upload_id, "partSize": _PART_SIZE}


@instead("ecr", "UploadLayerPart")
def part(call: Call, view: View) -> Any:
    """One after the other: a part that does not begin where the last one ended is refused."""
    repository = images.asked(call, view)
    upload, content = _upload(call, repository), bytes(call.params["layerPartBlob"])
    first, last = call.params["partFirstByte"], call.params["partLastByte"]
    place = _place(repository) | {"uploadId": upload.upload_id}
    if first != len(upload.layer_parts) or last != first + len(content) - 1:
        raise Refused(
            "InvalidLayerPartException",
            f"The layer part {first}-{last} does not follow the bytes that were received",
            more=place | {"lastValidByteReceived": upload.last_byte_received},
        )
    upload.layer_parts += content
    upload.sizes.append(len(content))
    return place | {"lastByteReceived": upload.last_byte_received}


@instead("ecr", "CompleteLayerUpload")
def completed(call: Call, view: View) -> Any:
    repository = images.asked(call, view)
    upload = _upload(call, repository)
    _check_parts(upload)
    content = bytes(upload.layer_parts)
    digest = images.digest_of(content)
    if digest not in call.params["layerDigests"]:
        raise Refused("InvalidLayerException", f"The digest of the uploaded layer is {digest}, which was not expected")
    del repository.uploads[upload.upload_id]
    if digest in images.blobs(repository):
        message = f"Layer already exists with digest '{digest}' in the repository '{repository.name}'"
        raise Refused("LayerAlreadyExistsException", message, more=_place(repository) | {"layerDigest": digest})
    images.blobs(repository)[digest] = content
    repository.layers[digest] = len(content)
    return _place(repository) | {"uploadId": upload.upload_id, "layerDigest": digest}


@instead("ecr", "BatchCheckLayerAvailability")
def available(call: Call, view: View) -> Any:
    repository = images.asked(call, view)
    held, wanted = images.blobs(repository), call.params["layerDigests"]
    kind = "application/vnd.docker.image.rootfs.diff.tar.gzip"
    found = [
        {"layerDigest": one, "layerAvailability": "AVAILABLE", "layerSize": len(held[one]), "mediaType": kind}
        for one in wanted
        if one in held
    ]
    missing = [
        {"layerDigest": one, "failureCode": "MissingLayerDigest", "failureReason": f"Layer digest '{one}' is missing"}
        for one in wanted
        if one not in held
    ]
    return {"layers": found, "failures": missing}


@instead("ecr", "GetDownloadUrlForLayer")
def fetched(call: Call, view: View) -> Any:
    """An address on the endpoint that was asked; the emulator has none."""
    repository, digest = images.asked(call, view), call.params["layerDigest"]
    path = f"{repository.name}/{digest}"
    return {
        "downloadUrl": downloads.address(call, "ecr", repository.registry_id, view.region, path),
        "layerDigest": digest,
    }


@downloads.served("ecr")
def content(view: View, path: str) -> bytes | None:
    name, _, digest = path.rpartition("/")
    repository = images.find(view, view.account, name)
    return images.blobs(repository).get(digest) if repository is not None else None


def _upload(call: Call, repository: Any) -> Any:
    upload = repository.uploads.get(call.params["uploadId"])
    if upload is None:
        message = f"The upload with the id '{call.params['uploadId']}' in '{repository.name}' cannot be found"
        raise Refused("UploadNotFoundException", message)
    return upload


def _check_parts(upload: Any) -> None:
    if not upload.sizes:
        raise Refused("EmptyUploadException", "The upload has no layer parts")
    if any(one < _PART_AT_LEAST for one in upload.sizes[:-1]):
        raise Refused("LayerPartTooSmallException", f"Layer parts must be at least {_PART_AT_LEAST} bytes in size")


def _place(repository: Any) -> dict[str, Any]:
    return {"registryId": repository.registry_id, "repositoryName": repository.name}
