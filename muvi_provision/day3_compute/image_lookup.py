"""Images: which one a tag stands for at this moment.

Facts: aws-reality 5.1 and 5.6. A tag may be pushed again, so what runs is named by its digest.
"""

from __future__ import annotations

from typing import Any

from muvi_provision.aws.clients import Aws
from muvi_provision.day1_network.tagged import unless_gone
from muvi_provision.day3_compute.repositories import Repository
from muvi_provision.naming import physical
from muvi_provision.resource import Handle, Live, Resource, is_known


class Image(
    Resource,
    lookup=True,
    awaits={"repository"},
    outputs={"digest", "reference"},
    actions={"ecr:DescribeImages"},
    card="ecr",
):
    """The image that a tag of a repository stands for. It is always found: without an image, its ``digest`` is "".

    Its id is ``<repository>:<tag>``. Outputs: ``digest``, and ``reference``, what a container is told to run: by the
    digest, or by the tag while there is none.
    """

    repository: Handle[Repository]
    tag: str

    def wanted(self) -> dict[str, Any]:
        """Not the repository: before there is one it is certain that there is no image either."""
        return {"tag": self.tag}

    def find(self, aws: Aws, known_id: str | None) -> Live | None:  # noqa: ARG002
        if not is_known(self.repository.id):
            name = self.repository.address.partition("/")[2]
            return Live(f"{physical(aws.ownership.env, name, Repository.declared.name_limit)}:{self.tag}", {})
        return Live(f"{self.repository.id}:{self.tag}", _described(aws, self.repository.id, self.tag))

    def observe(self, live: Live) -> dict[str, Any]:  # noqa: ARG002
        return {}

    def outputs(self, live: Live) -> dict[str, str]:
        digest = live.raw.get("imageDigest", "")
        uri = self.repository.uri
        return {"digest": digest, "reference": f"{uri}@{digest}" if digest else f"{uri}:{self.tag}"}


def _described(aws: Aws, repository: str, tag: str) -> dict[str, Any]:
    wanted = [{"imageTag": tag}]
    with unless_gone():
        answer = aws.read("ecr", "describe_images", repositoryName=repository, imageIds=wanted)["imageDetails"]
        return dict(answer[0]) if answer else {}
    return {}
