"""Images and layers: uploaded in parts, pushed, fetched from an address."""

from __future__ import annotations

import hashlib
import json
import threading
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from muvi_provision.sandbox.cloud import Cloud
from muvi_provision.sandbox.server import Listener
from tests.sandbox.conftest import REGION, Connect
from tests.sandbox.ecs_world import INDEX, MANIFEST, image, layer, manifest
from tests.sandbox.refusals import refused

MIB = 1024 * 1024


@pytest.fixture
def ecr(cloud: Cloud, connect: Connect) -> Any:
    client = connect(cloud, "ecr")
    client.create_repository(repositoryName="web")
    return client


def digest_of(content: bytes) -> str:
    return "sha256:" + hashlib.sha256(content).hexdigest()


def part(ecr: Any, upload: str, first: int, content: bytes) -> dict[str, Any]:
    said = {"partFirstByte": first, "partLastByte": first + len(content) - 1, "layerPartBlob": content}
    return dict(ecr.upload_layer_part(repositoryName="web", uploadId=upload, **said))


def complete(ecr: Any, upload: str, *digests: str) -> Any:
    return ecr.complete_layer_upload(repositoryName="web", uploadId=upload, layerDigests=list(digests))


def begun(ecr: Any) -> str:
    return str(ecr.initiate_layer_upload(repositoryName="web")["uploadId"])


def test_a_layer_in_two_parts(ecr: Any) -> None:
    content = bytes(5 * MIB) + b"end"
    upload = begun(ecr)
    assert part(ecr, upload, 0, content[: 5 * MIB])["lastByteReceived"] == 5 * MIB - 1
    part(ecr, upload, 5 * MIB, content[5 * MIB :])
    assert complete(ecr, upload, digest_of(content))["layerDigest"] == digest_of(content)
    (found,) = ecr.batch_check_layer_availability(repositoryName="web", layerDigests=[digest_of(content)])["layers"]
    assert (found["layerAvailability"], found["layerSize"]) == ("AVAILABLE", len(content))
    absent = ecr.batch_check_layer_availability(repositoryName="web", layerDigests=[digest_of(b"none")])
    assert (absent["layers"], absent["failures"][0]["failureCode"]) == ([], "MissingLayerDigest")


def test_parts_follow_each_other(ecr: Any) -> None:
    upload = begun(ecr)
    part(ecr, upload, 0, bytes(5 * MIB))
    with pytest.raises(ClientError) as caught:
        part(ecr, upload, 7, b"elsewhere")
    assert caught.value.response["Error"]["Code"] == "InvalidLayerPartException"
    assert caught.value.response["lastValidByteReceived"] == 5 * MIB - 1
    part(ecr, upload, 5 * MIB, b"end")


def test_what_is_wrong_with_an_upload(ecr: Any) -> None:
    assert refused(lambda: complete(ecr, begun(ecr), digest_of(b""))) == "EmptyUploadException"
    upload = begun(ecr)
    part(ecr, upload, 0, b"short")
    part(ecr, upload, 5, b"end")
    assert refused(lambda: complete(ecr, upload, digest_of(b"shortend"))) == "LayerPartTooSmallException"
    assert refused(lambda: part(ecr, "0" * 8 + "-0000-0000-0000-" + "0" * 12, 0, b"x")) == "UploadNotFoundException"
    layer(ecr, "web", b"good")
    again = begun(ecr)
    part(ecr, again, 0, b"good")
    assert refused(lambda: complete(ecr, again, digest_of(b"bad"))) == "InvalidLayerException"
    assert refused(lambda: complete(ecr, again, digest_of(b"good"))) == "LayerAlreadyExistsException"


def test_the_digest_is_that_of_the_manifest_s_bytes(ecr: Any) -> None:
    text = manifest(ecr, "web", b"content")
    put = {"repositoryName": "web", "imageManifest": text, "imageTag": "1"}
    assert refused(ecr.put_image, imageDigest=digest_of(b"x"), **put) == "ImageDigestDoesNotMatchException"
    got = ecr.put_image(imageDigest=digest_of(text.encode()), **put)["image"]
    assert got["imageId"] == {"imageDigest": digest_of(text.encode()), "imageTag": "1"}
    assert (got["imageManifest"], got["imageManifestMediaType"]) == (text, MANIFEST)
    assert refused(ecr.put_image, **put) == "ImageAlreadyExistsException"
    (found,) = ecr.describe_images(repositoryName="web", imageIds=[{"imageTag": "1"}])["imageDetails"]
    assert (found["imageTags"], found["imageSizeInBytes"]) == (["1"], len(b"{}content") + len(b"content"))
    assert refused(ecr.describe_images, repositoryName="web", imageIds=[{"imageTag": "2"}]) == "ImageNotFoundException"
    absent = ecr.batch_get_image(repositoryName="web", imageIds=[{"imageTag": "2"}])
    assert (absent["images"], absent["failures"][0]["failureCode"]) == ([], "ImageNotFound")


def test_what_is_no_manifest(ecr: Any) -> None:
    put = {"repositoryName": "web", "imageTag": "1"}
    assert refused(ecr.put_image, imageManifest="nonsense", **put) == "InvalidParameterException"
    assert refused(ecr.put_image, imageManifest='{"layers": []}', **put) == "InvalidParameterException"
    missing = json.dumps({"mediaType": MANIFEST, "layers": [{"digest": digest_of(b"none"), "size": 1}]})
    assert refused(ecr.put_image, imageManifest=missing, **put) == "LayersNotFoundException"
    assert ecr.put_image(imageManifest=manifest(ecr, "web", b"good"), **put)


def test_a_tag_moves_unless_it_is_immutable(ecr: Any) -> None:
    first, second = image(ecr, "web", "1", b"first"), manifest(ecr, "web", b"second")
    put = {"repositoryName": "web", "imageManifest": second, "imageTag": "1"}
    ecr.put_image_tag_mutability(repositoryName="web", imageTagMutability="IMMUTABLE")
    assert refused(ecr.put_image, **put) == "ImageTagAlreadyExistsException"
    ecr.put_image_tag_mutability(repositoryName="web", imageTagMutability="MUTABLE")
    ecr.put_image(**put)
    found = {
        one["imageDigest"]: one.get("imageTags") for one in ecr.describe_images(repositoryName="web")["imageDetails"]
    }
    assert found == {first: None, digest_of(second.encode()): ["1"]}
    untagged = ecr.list_images(repositoryName="web", filter={"tagStatus": "UNTAGGED"})["imageIds"]
    assert untagged == [{"imageDigest": first}]


def two_architectures(ecr: Any) -> str:
    """An index for amd64 and arm64, pushed after its manifests; its text."""
    entries = []
    for architecture in ("amd64", "arm64"):
        text = manifest(ecr, "web", architecture.encode())
        put = ecr.put_image(repositoryName="web", imageManifest=text, imageManifestMediaType=MANIFEST)["image"]
        platform = {"architecture": architecture, "os": "linux"}
        entries.append({"digest": put["imageId"]["imageDigest"], "size": len(text), "platform": platform})
    return json.dumps({"schemaVersion": 2, "manifests": entries})  # an OCI index need not say its kind


def test_an_index_of_two_architectures(ecr: Any) -> None:
    wrong = json.dumps({"mediaType": INDEX, "manifests": [{"digest": digest_of(b"none")}]})
    put = {"repositoryName": "web", "imageTag": "both", "imageManifestMediaType": INDEX}
    assert refused(ecr.put_image, imageManifest=wrong, **put) == "ReferencedImagesNotFoundException"
    text = two_architectures(ecr)
    ecr.put_image(imageManifest=text, **put)
    (got,) = ecr.batch_get_image(repositoryName="web", imageIds=[{"imageTag": "both"}])["images"]
    assert (got["imageManifest"], got["imageManifestMediaType"]) == (text, INDEX)
    assert got["imageId"]["imageDigest"] == digest_of(text.encode())
    digests = [{"imageDigest": one["digest"]} for one in json.loads(text)["manifests"]]
    assert len(ecr.batch_get_image(repositoryName="web", imageIds=digests)["images"]) == 2


@pytest.fixture
def listener(cloud: Cloud) -> Iterator[Listener]:
    serving = Listener(cloud, lambda verb, said: (404, {}))
    thread = threading.Thread(target=serving.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield serving
    serving.shutdown()
    serving.server_close()
    thread.join()


def test_a_layer_is_fetched_over_the_network(ecr: Any, loader: Any, listener: Listener) -> None:
    content = bytes(range(256)) * 5000
    text = manifest(ecr, "web", content)
    digest = json.loads(text)["layers"][0]["digest"]
    client = loader.client("ecr", region_name=REGION, endpoint_url=listener.endpoint)
    fetch = {"repositoryName": "web", "layerDigest": digest}
    assert refused(client.get_download_url_for_layer, **fetch) == "LayerInaccessibleException"
    none = digest_of(b"none")
    assert (
        refused(client.get_download_url_for_layer, repositoryName="web", layerDigest=none) == "LayersNotFoundException"
    )
    client.put_image(repositoryName="web", imageManifest=text, imageTag="1")
    url = client.get_download_url_for_layer(**fetch)["downloadUrl"]
    assert url.startswith(listener.endpoint + "/")
    with urllib.request.urlopen(url) as answer:
        assert answer.read() == content
    with pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.urlopen(url.replace(digest, none))
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(urllib.request.Request(url, method="DELETE"))
    client.close()


def test_a_layer_is_fetched_in_the_same_process(cloud: Cloud, ecr: Any) -> None:
    from muvi_provision.sandbox.transport import InProcess

    image(ecr, "web", "1", b"content")
    (got,) = ecr.batch_get_image(repositoryName="web", imageIds=[{"imageTag": "1"}])["images"]
    said = json.loads(got["imageManifest"])
    url = ecr.get_download_url_for_layer(repositoryName="web", layerDigest=said["layers"][0]["digest"])["downloadUrl"]
    assert InProcess(cloud).fetch(url) == b"content1"
    with pytest.raises(FileNotFoundError):
        InProcess(cloud).fetch(url + "0")
