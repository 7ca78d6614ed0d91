"""One layer on its way: downloaded and uploaded a part at a time, its digest reckoned meanwhile.

Facts: aws-reality 5.1 i. A part is 5 to 10 MiB; parts are sent one after the other, layers side by side.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import TypeVar

from muvi_provision.aws.clients import Aws
from muvi_provision.aws.patience import AWS_ERRORS, error_of, is_lost
from muvi_provision.day3_compute.downloading import Downloads
from muvi_provision.day3_compute.images import Blob, Place
from muvi_provision.errors import Interrupted, StepFailed

PART = 10 * 1024 * 1024  # bytes
TRIES = 3
BEGIN_AGAIN = ("UploadNotFoundException", "InvalidLayerPartException")  # the upload is not what we think it is
T = TypeVar("T")
Moved = Callable[[str, int, int], None]
"""(resource, bytes so far, bytes of all)"""


class Stopped(Interrupted):
    """Somebody asked to stop: the part under way was the last."""


class Layers:
    """Copies layers. For many threads; ``moved`` hears of every part."""

    def __init__(self, aws: Aws, moved: Moved) -> None:
        self.aws = aws
        self.moved = moved
        self.downloads = Downloads(aws)

    def copy(self, blob: Blob, source: Place, target: Place, owner: str, name: str) -> None:
        """Copies one. Raises StepFailed for bytes that are not what the digest says, Stopped, botocore's errors."""
        for left in reversed(range(TRIES)):
            try:
                return self._once(blob, source, target, owner, name)
            except AWS_ERRORS as error:
                # an unfinished upload costs nothing and goes away by itself, so the layer simply begins again
                if not left or not (is_lost(error) or error_of(error)[1] in BEGIN_AGAIN):
                    raise
                self.aws.clock.sleep(1.0)
        return None

    def _once(self, blob: Blob, source: Place, target: Place, owner: str, name: str) -> None:
        summed, done = hashlib.sha256(), 0
        begin = target.aws.ecr.initiate_layer_upload
        begun = sent(target.aws, owner, lambda: begin(repositoryName=target.repository))
        upload, length = begun["uploadId"], min(PART, int(begun["partSize"]))

        def address() -> str:
            return source.aws.ecr.get_download_url_for_layer(**source.named, layerDigest=blob.digest)["downloadUrl"]

        for part in self.downloads.parts(address, length):
            if self.aws.border.stopping.is_set():
                raise Stopped(f"{name} was not finished")
            summed.update(part)
            _send_part(target, owner, upload, part, done)
            done += len(part)
            self.moved(name, done, max(blob.size, done))
        self._confirm(blob, f"sha256:{summed.hexdigest()}", source)
        self._complete(blob, target, owner, upload)

    def _confirm(self, blob: Blob, real: str, source: Place) -> None:
        if real != blob.digest:
            raise StepFailed(
                f"a layer arrived with the digest {real}, not {blob.digest}",
                where=str(source),
                why="it was damaged on its way, or in the source; it was not taken over",
                next=("muvi images copy",),
            )

    def _complete(self, blob: Blob, target: Place, owner: str, upload: str) -> None:
        """Somebody else may have brought it meanwhile, or we did and did not hear of it: then it is there."""
        ecr, place = target.aws.ecr, {"repositoryName": target.repository}

        def once() -> None:
            try:
                ecr.complete_layer_upload(**place, uploadId=upload, layerDigests=[blob.digest])
            except AWS_ERRORS as error:
                if error_of(error)[1] == "LayerAlreadyExistsException":
                    return
                there = ecr.batch_check_layer_availability(**place, layerDigests=[blob.digest])["layers"]
                if error_of(error)[1] != "UploadNotFoundException" or not there:
                    raise

        sent(target.aws, owner, once)

    def close(self) -> None:
        self.downloads.close()


def _send_part(target: Place, owner: str, upload: str, part: bytes, first: int) -> None:
    """Sends a part; one whose answer was lost may have arrived, which is told when it is sent again."""
    last = first + len(part) - 1

    def once() -> None:
        try:
            target.aws.ecr.upload_layer_part(
                repositoryName=target.repository, uploadId=upload, layerPartBlob=part,
                partFirstByte=first, partLastByte=last,
            )  # fmt: skip
        except AWS_ERRORS as error:
            received = getattr(error, "response", {}).get("lastValidByteReceived")
            if error_of(error)[1] != "InvalidLayerPartException" or received != last:
                raise

    sent(target.aws, owner, once)


def sent(aws: Aws, owner: str, call: Callable[[], T]) -> T:
    """Makes a write that may be made twice, again while its answer is lost."""
    for tried in range(TRIES):
        try:
            with aws.writing(owner):
                return call()
        except AWS_ERRORS as error:
            if not is_lost(error) or aws.border.stopping.is_set():
                raise
            aws.clock.sleep(0.5 * 2**tried)
    with aws.writing(owner):
        return call()
