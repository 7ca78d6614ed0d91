"""Pipelines: how a new version comes from its source to the containers, stage by stage.

Facts: aws-reality 7.7. A new pipeline runs at once, and so does a service's first build.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from muvi_provision.aws.clients import Aws
from muvi_provision.aws.tag_index import ACTION, tags_of
from muvi_provision.day1_network.tagged import unless_gone
from muvi_provision.day2_data.roles import Role
from muvi_provision.day3_compute import ecs_tags
from muvi_provision.day3_compute.services import EcsService
from muvi_provision.day4_edge.buckets import Bucket
from muvi_provision.day5_serverless import pipeline_stages
from muvi_provision.day5_serverless.building import BuildProject, takes_its_word
from muvi_provision.day5_serverless.fingerprints import fingerprint
from muvi_provision.resource import Change, Handle, Live, Resource


class Pipeline(
    Resource,
    mutable={"role_arn", "artifacts", "stages"},
    outputs={"arn"},
    name_limit=100,
    prices=("codepipeline.v2",),
    actions={
        "codepipeline:CreatePipeline", "codepipeline:DeletePipeline", "codepipeline:GetPipeline",
        "codepipeline:ListPipelines", "codepipeline:ListTagsForResource", "codepipeline:TagResource",
        "codepipeline:UpdatePipeline", "codeconnections:PassConnection", "codestar-connections:PassConnection",
        "iam:PassRole", ACTION,
    },
    card="codepipeline",
):  # fmt: skip
    """The way of one service's new versions, billed by the minute that something is done. Its id is its ARN.

    stages: as ``pipeline_stages.stages`` says them. artifacts: the bucket for what one stage hands to the next.
    project, service: what builds and what is rolled out, only stood on. Output: ``arn``.
    """

    role: Handle[Role]
    role_arn: str
    artifacts: Handle[Bucket]
    project: Handle[BuildProject]
    service: Handle[EcsService]
    stages: tuple[Mapping[str, Any], ...]

    def wanted(self) -> dict[str, Any]:
        wanted = super().wanted()
        shown = fingerprint(pipeline_stages.meaning(wanted["stages"]))
        return {"role_arn": self.role_arn, "artifacts": wanted["artifacts"], "stages": shown}

    def find(self, aws: Aws, known_id: str | None) -> Live | None:
        """By name. What it is like costs a call for each, which a plan does without."""
        name = aws.physical(self)
        if name not in {each["name"] for each in aws.listing("codepipeline", "list_pipelines", "pipelines")}:
            return None
        if known_id and takes_its_word(aws):
            return Live(known_id, {}, self._tags(aws, known_id))
        with unless_gone():
            answer = aws.read("codepipeline", "get_pipeline", name=name)
            arn = answer["metadata"]["pipelineArn"]
            return Live(arn, answer["pipeline"], self._tags(aws, arn))
        return None

    def _tags(self, aws: Aws, arn: str) -> Mapping[str, str]:
        ask = lambda: ecs_tags.read(aws.read("codepipeline", "list_tags_for_resource", resourceArn=arn)["tags"])  # noqa: E731
        return tags_of(aws, arn, self.address, ask)

    def create(self, aws: Aws) -> str:
        """Its answer does not say the ARN, which is the region, the account (the role's) and the name."""
        name, account = aws.physical(self), self.role_arn.split(":")[4]
        aws.codepipeline.create_pipeline(pipeline=self._document(name), tags=ecs_tags.spelt(aws.tags(self)))
        return f"arn:aws:codepipeline:{aws.region}:{account}:{name}"

    def _document(self, name: str) -> Any:
        return {
            "name": name,
            "pipelineType": "V2",
            "roleArn": self.role_arn,
            "artifactStore": {"type": "S3", "location": self.artifacts.id},
            "stages": [dict(stage) for stage in self.stages],
        }

    def observe(self, live: Live) -> dict[str, Any]:
        """Nothing where a plan has not looked."""
        raw = live.raw
        if not raw:
            return {}
        return {
            "role_arn": raw["roleArn"],
            "artifacts": raw.get("artifactStore", {}).get("location", ""),
            "stages": fingerprint(pipeline_stages.meaning(raw["stages"])),
        }

    def update(self, aws: Aws, live: Live, changes: tuple[Change, ...]) -> None:  # noqa: ARG002
        """The whole document; AWS counts its versions."""
        aws.codepipeline.update_pipeline(pipeline=self._document(live.id.rpartition(":")[2]))

    def delete(self, aws: Aws, live: Live) -> None:
        """One that is gone is success."""
        aws.codepipeline.delete_pipeline(name=live.id.rpartition(":")[2])

    def outputs(self, live: Live) -> dict[str, str]:
        return {"arn": live.id}
