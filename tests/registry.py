"""Somebody's image registry in the sandbox, filled with images made of a few bytes."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from muvi_provision.aws.clients import Aws, Border, SignIn
from muvi_provision.naming import Ownership
from tests.leaping import LeapingClock, SeededChance

HERE, THERE = "me-central-1", "eu-central-1"
OTHER = "444455556666"
OURS = Ownership("uat", "0123456789abcdef")
MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
INDEX = "application/vnd.oci.image.index.v1+json"
PART = 10 * 1024 * 1024


def digest(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


class Registry:
    """Somebody's registry, filled with plain boto3 calls."""

    def __init__(self, endpoint: str, account: str, region: str) -> None:
        keys = SignIn(region, endpoint=endpoint, access_key=account, secret_key="x")
        self.border = Border(keys, LeapingClock(), SeededChance(3))
        self.aws = Aws(self.border, OURS, region)
        self.account, self.region = account, region

    @property
    def ecr(self) -> Any:
        return self.aws.ecr

    def repository(self, name: str, reader: str = "*", **words: Any) -> None:
        with self.aws.writing("test"):
            self.ecr.create_repository(repositoryName=name, **words)
            open_to = [{"Effect": "Allow", "Principal": {"AWS": reader}, "Action": "ecr:*"}]
            policy = json.dumps({"Version": "2012-10-17", "Statement": open_to})
            self.ecr.set_repository_policy(repositoryName=name, policyText=policy)

    def blob(self, repository: str, content: bytes) -> dict[str, Any]:
        with self.aws.writing("test"):
            there = self.ecr.batch_check_layer_availability(repositoryName=repository, layerDigests=[digest(content)])
            if not there["layers"]:
                upload = self.ecr.initiate_layer_upload(repositoryName=repository)["uploadId"]
                for at in range(0, len(content), PART):
                    part = content[at : at + PART]
                    self.ecr.upload_layer_part(
                        repositoryName=repository, uploadId=upload, layerPartBlob=part,
                        partFirstByte=at, partLastByte=at + len(part) - 1,
                    )  # fmt: skip
                self.ecr.complete_layer_upload(
                    repositoryName=repository, uploadId=upload, layerDigests=[digest(content)]
                )
        return {"digest": digest(content), "size": len(content), "mediaType": "application/octet-stream"}

    def image(
        self, repository: str, tag: str, *layers: bytes, processor: str = "amd64", foreign: bool = False
    ) -> dict[str, Any]:
        config = json.dumps({"os": "linux", "architecture": processor}).encode()
        listed = [self.blob(repository, layer) for layer in layers]
        if foreign:
            listed.append({"digest": digest(b"elsewhere"), "size": 9, "urls": ["https://elsewhere.example/layer"]})
        said = {"schemaVersion": 2, "mediaType": MANIFEST, "config": self.blob(repository, config), "layers": listed}
        return self.put(repository, tag, said, MANIFEST) | {"platform": {"os": "linux", "architecture": processor}}

    def index(self, repository: str, tag: str, *manifests: dict[str, Any]) -> dict[str, Any]:
        return self.put(repository, tag, {"schemaVersion": 2, "mediaType": INDEX, "manifests": [*manifests]}, INDEX)

    def put(self, repository: str, tag: str, said: dict[str, Any], kind: str) -> dict[str, Any]:
        text = json.dumps(said, indent=3)
        named = {"imageTag": tag} if tag else {}
        with self.aws.writing("test"):
            self.ecr.put_image(repositoryName=repository, imageManifest=text, imageManifestMediaType=kind, **named)
        return {"digest": digest(text.encode()), "size": len(text), "mediaType": kind}

    def tags(self, repository: str) -> dict[str, str]:
        """tag -> digest."""
        found = self.ecr.describe_images(repositoryName=repository)["imageDetails"]
        return {tag: each["imageDigest"] for each in found for tag in each.get("imageTags", ())}
