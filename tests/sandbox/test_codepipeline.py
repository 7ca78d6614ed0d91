"""Pipelines: their document, their executions, their approvals."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from botocore.exceptions import ClientError

from muvi_provision.sandbox import connections, persistence
from muvi_provision.sandbox.cloud import Cloud
from tests.sandbox.conftest import REGION, Connect, Leaping
from tests.sandbox.ecs_world import allow, image, trust
from tests.sandbox.refusals import refused

HOME = "eu-central-1"
TAGS = [{"key": "muvi:address", "value": "pipeline/web"}]
MACHINE = {"type": "ARM_CONTAINER", "image": "aws/codebuild/amazonlinux2-aarch64-standard:3.0"}
MACHINE |= {"computeType": "BUILD_GENERAL1_SMALL"}


def action(name: str, category: str, provider: str, **said: Any) -> dict[str, Any]:
    kind = {"category": category, "owner": "AWS", "provider": provider, "version": "1"}
    ends = {name: [{"name": said.pop(name)}] for name in ("inputArtifacts", "outputArtifacts") if name in said}
    return {"name": name, "actionTypeId": kind, "configuration": said} | ends


SOURCE = action("Image", "Source", "ECR", RepositoryName="web", ImageTag="1", outputArtifacts="image")
BUILD = action("Build", "Build", "CodeBuild", ProjectName="web", inputArtifacts="image", outputArtifacts="built")
APPROVAL = action("Ask", "Approval", "Manual")


class Place:
    """What a pipeline stands on: a role, a bucket, a repository with an image, a project."""

    def __init__(self, cloud: Cloud, connect: Connect, region: str = REGION) -> None:
        self.cloud, self.region = cloud, region
        self.iam, self.s3 = connect(cloud, "iam"), connect(cloud, "s3", region)
        self.ecr, self.builds = connect(cloud, "ecr", region), connect(cloud, "codebuild", region)
        self.pipelines, self.code = connect(cloud, "codepipeline", region), connect(cloud, "codeconnections", region)
        self.role = self.made_role("codepipeline")
        self.iam.put_role_policy(RoleName="codepipeline", PolicyName="all", PolicyDocument=allow("*"))
        where = {"LocationConstraint": region}
        self.s3.create_bucket(Bucket="artifacts-of-web", CreateBucketConfiguration=where)

    def made_role(self, service: str) -> str:
        said = {"RoleName": service, "AssumeRolePolicyDocument": trust(f"{service}.amazonaws.com")}
        return str(self.iam.create_role(**said)["Role"]["Arn"])

    def furnish(self) -> None:
        self.ecr.create_repository(repositoryName="web")
        image(self.ecr, "web", "1")
        said: dict[str, Any] = {"source": {"type": "CODEPIPELINE"}, "artifacts": {"type": "CODEPIPELINE"}}
        said |= {"name": "web", "serviceRole": self.made_role("codebuild"), "environment": MACHINE}
        self.builds.create_project(**said)

    def wanted(self, *stages: tuple[str, list[dict[str, Any]]], **more: Any) -> dict[str, Any]:
        said = [{"name": name, "actions": actions} for name, actions in stages or STAGES]
        store = {"type": "S3", "location": "artifacts-of-web"}
        told = {"name": "web", "roleArn": self.role, "artifactStore": store, "stages": said, "pipelineType": "V2"}
        return {name: value for name, value in copy.deepcopy(told | more).items() if value is not None}

    def make(self, **more: Any) -> dict[str, Any]:
        return dict(self.pipelines.create_pipeline(pipeline=self.wanted(**more), tags=TAGS)["pipeline"])

    def refused(self, *stages: tuple[str, list[dict[str, Any]]], **more: Any) -> str:
        return refused(self.pipelines.create_pipeline, pipeline=self.wanted(*stages, **more))

    def state(self) -> dict[str, dict[str, Any]]:
        return {one["stageName"]: one for one in self.pipelines.get_pipeline_state(name="web")["stageStates"]}

    def statuses(self) -> list[str]:
        return [one.get("latestExecution", {}).get("status", "-") for one in self.state().values()]


STAGES = (("Source", [SOURCE]), ("Build", [BUILD]), ("Approve", [APPROVAL]))


@pytest.fixture
def place(cloud: Cloud, connect: Connect) -> Place:
    return Place(cloud, connect)


def test_its_life(place: Place) -> None:
    made = place.make()
    assert (made["version"], made["pipelineType"], made["executionMode"]) == (1, "V2", "SUPERSEDED")
    assert made["stages"][2]["actions"][0]["runOrder"] == 1
    arn = f"arn:aws:codepipeline:{REGION}:{place.cloud.account}:web"
    client = place.pipelines
    assert client.get_pipeline(name="web")["metadata"]["pipelineArn"] == arn
    assert client.list_tags_for_resource(resourceArn=arn)["tags"] == TAGS
    assert place.refused() == "PipelineNameInUseException"
    changed = client.update_pipeline(pipeline=place.wanted(pipelineType=None))["pipeline"]
    assert (changed["version"], changed["pipelineType"]) == (2, "V1")  # what is not said goes back to its default
    assert [(one["name"], one["version"]) for one in client.list_pipelines()["pipelines"]] == [("web", 2)]
    described = place.cloud.snapshot()["codepipeline"][REGION]["pipeline"][arn]
    assert (described["tags"], described["declaration"]["version"]) == ({"muvi:address": "pipeline/web"}, 2)
    for _ in range(2):
        client.delete_pipeline(name="web")
    assert refused(client.get_pipeline, name="web") == "PipelineNotFoundException"
    assert refused(client.update_pipeline, pipeline=place.wanted()) == "PipelineNotFoundException"
    assert refused(client.list_tags_for_resource, resourceArn=arn) == "ResourceNotFoundException"
    assert "codepipeline" not in place.cloud.snapshot()


def test_the_first_execution_begins_at_once(slow: Cloud, connect: Connect, clock: Leaping) -> None:
    place = Place(slow, connect)
    clock.sleep(11)
    place.ecr.create_repository(repositoryName="web")
    image(place.ecr, "web", "1")
    place.make()
    assert place.statuses() == ["InProgress", "-", "-"]
    clock.sleep(6)
    assert place.statuses() == ["Succeeded", "InProgress", "-"]
    clock.sleep(181)
    assert place.statuses() == ["Succeeded", "Failed", "-"]  # there is no project
    (failed,) = place.state()["Build"]["actionStates"]
    assert failed["latestExecution"]["errorDetails"]["message"] == "Project cannot be found: web"
    (run,) = place.pipelines.list_pipeline_executions(pipelineName="web")["pipelineExecutionSummaries"]
    assert (run["status"], run["trigger"]["triggerType"]) == ("Failed", "CreatePipeline")


def test_an_approval_waits(place: Place) -> None:
    place.furnish()
    place.make()
    assert place.statuses() == ["Succeeded", "Succeeded", "InProgress"]
    latest = place.state()["Approve"]["actionStates"][0]["latestExecution"]
    said: dict[str, Any] = {"pipelineName": "web", "stageName": "Approve", "actionName": "Ask"}
    said |= {"result": {"summary": "good", "status": "Approved"}}
    client = place.pipelines
    unknown = "0" * 8 + "-0000-0000-0000-" + "0" * 12
    assert refused(client.put_approval_result, token=unknown, **said) == "InvalidApprovalTokenException"
    client.put_approval_result(token=latest["token"], **said)
    assert refused(client.put_approval_result, token=latest["token"], **said) == "ApprovalAlreadyCompletedException"
    assert place.statuses() == ["Succeeded", "Succeeded", "Succeeded"]
    begun = client.start_pipeline_execution(name="web")["pipelineExecutionId"]
    asked = {"pipelineName": "web", "pipelineExecutionId": begun}
    assert client.get_pipeline_execution(**asked)["pipelineExecution"]["status"] == "InProgress"
    token = place.state()["Approve"]["actionStates"][0]["latestExecution"]["token"]
    no = said | {"result": {"summary": "bad", "status": "Rejected"}}
    client.put_approval_result(token=token, **no)
    assert client.get_pipeline_execution(**asked)["pipelineExecution"]["status"] == "Failed"


def test_a_stage_is_closed_and_opened(place: Place) -> None:
    place.furnish()
    place.make()
    client, door = place.pipelines, {"pipelineName": "web", "stageName": "Build", "transitionType": "Inbound"}
    client.disable_stage_transition(reason="frozen", **door)
    begun = client.start_pipeline_execution(name="web")["pipelineExecutionId"]
    state = place.state()
    assert state["Build"]["inboundTransitionState"]["disabledReason"] == "frozen"
    assert state["Source"]["latestExecution"]["pipelineExecutionId"] == begun
    assert state["Build"]["latestExecution"]["pipelineExecutionId"] != begun
    client.enable_stage_transition(**door)
    assert place.state()["Build"]["latestExecution"] == {"pipelineExecutionId": begun, "status": "Succeeded"}
    assert refused(client.enable_stage_transition, **(door | {"stageName": "X"})) == "StageNotFoundException"


def test_a_document_that_is_none(place: Place) -> None:
    source, build, _ = STAGES
    bad = "InvalidStructureException"
    assert place.refused(source) == bad
    assert place.refused(build, source) == bad
    assert place.refused(source, ("Later", [SOURCE | {"outputArtifacts": [{"name": "b"}]}])) == bad
    assert place.refused(source, ("Source", [BUILD])) == bad
    assert place.refused(source, ("Build", [BUILD, BUILD])) == bad
    assert place.refused(source, ("Build", [BUILD | {"inputArtifacts": [{"name": "none"}]}])) == bad
    assert place.refused(source, ("Build", [BUILD | {"outputArtifacts": [{"name": "image"}]}])) == bad
    assert place.refused(artifactStore=None) == bad
    assert place.refused(artifactStore={"type": "S3", "location": "bucket-of-nobody"}) == bad
    assert place.refused(name="we b") == "ValidationException"
    place.make()


def test_actions_that_cannot_be(place: Place) -> None:
    source, build, _ = STAGES
    bad = "InvalidActionDeclarationException"
    kind = BUILD["actionTypeId"]
    assert place.refused(source, ("Build", [BUILD | {"actionTypeId": kind | {"provider": "Jenkinz"}}])) == bad
    assert place.refused(source, ("Build", [BUILD | {"actionTypeId": kind | {"version": "2"}}])) == bad
    assert place.refused(source, ("Build", [BUILD | {"configuration": {}}])) == bad
    assert place.refused(source, ("Build", [BUILD | {"inputArtifacts": []}])) == bad
    assert place.refused(("Source", [SOURCE | {"outputArtifacts": []}]), ("Approve", [APPROVAL])) == bad
    copied = action("Copy", "Deploy", "S3", BucketName="copies", Extract="false", inputArtifacts="image")
    assert place.refused(source, ("Copy", [copied])) == bad
    named = copied | {"configuration": copied["configuration"] | {"ObjectKey": "web.zip"}}
    place.pipelines.create_pipeline(pipeline=place.wanted(source, ("Copy", [named]), name="copies"))
    place.pipelines.create_pipeline(pipeline=place.wanted(source, build))


def test_what_is_for_the_second_type(place: Place) -> None:
    bad, said = "InvalidStructureException", {"variables": [{"name": "tag"}]}
    assert place.refused(pipelineType=None, **said) == bad
    assert place.refused(pipelineType="V1", executionMode="QUEUED") == bad
    trigger = {"providerType": "CodeStarSourceConnection", "gitConfiguration": {"sourceActionName": "Image"}}
    assert place.refused(triggers=[trigger]) == bad
    assert place.make(executionMode="QUEUED", **said)["executionMode"] == "QUEUED"


def test_a_region_without_connections(cloud: Cloud, connect: Connect) -> None:
    there = connect(cloud, "codeconnections", HOME)
    arn = there.create_connection(ProviderType="GitHub", ConnectionName="code")["ConnectionArn"]
    said = {"ConnectionArn": arn, "FullRepositoryId": "owner/code", "BranchName": "main"}
    code = action("Code", "Source", "CodeStarSourceConnection", outputArtifacts="image", **said)
    stages = [{"name": "Source", "actions": [code]}, {"name": "Approve", "actions": [APPROVAL]}]
    place = Place(cloud, connect)
    with pytest.raises(ClientError, match="is not available in region ME_CENTRAL_1") as caught:
        place.pipelines.create_pipeline(pipeline=place.wanted() | {"stages": stages})
    assert caught.value.response["Error"]["Code"] == "InvalidActionDeclarationException"
    place.s3.delete_bucket(Bucket="artifacts-of-web")
    place.iam.delete_role_policy(RoleName="codepipeline", PolicyName="all")
    place.iam.delete_role(RoleName="codepipeline")
    home = Place(cloud, connect, HOME)
    home.pipelines.create_pipeline(pipeline=home.wanted() | {"stages": stages})
    assert home.statuses() == ["Failed", "-"]  # aws-reality 7.9: pending, so the first execution fails
    connections.authorise(cloud, "code")
    home.pipelines.start_pipeline_execution(name="web")
    assert home.statuses() == ["Succeeded", "InProgress"]


def test_the_role_is_heard_of_later(slow: Cloud, connect: Connect, clock: Leaping) -> None:
    place = Place(slow, connect)
    with pytest.raises(ClientError, match="is not authorized to perform AssumeRole on role") as caught:
        place.make()
    assert caught.value.response["Error"]["Code"] == "InvalidStructureException"
    clock.sleep(11)
    place.make()
    other = place.made_role("lambda")
    clock.sleep(11)
    wanted = place.wanted(roleArn=other)
    assert refused(place.pipelines.update_pipeline, pipeline=wanted) == "InvalidStructureException"


def test_tags_are_kept_and_indexed(place: Place, connect: Connect) -> None:
    place.make()
    client, arn = place.pipelines, f"arn:aws:codepipeline:{REGION}:{place.cloud.account}:web"
    client.tag_resource(resourceArn=arn, tags=[{"key": "a", "value": "b"}])
    client.untag_resource(resourceArn=arn, tagKeys=["muvi:address"])
    index = connect(place.cloud, "resourcegroupstaggingapi")
    (found,) = index.get_resources(ResourceTypeFilters=["codepipeline"])["ResourceTagMappingList"]
    assert found == {"ResourceARN": arn, "Tags": [{"Key": "a", "Value": "b"}]}
    many = [{"key": f"k{number}", "value": ""} for number in range(50)]
    assert refused(client.tag_resource, resourceArn=arn, tags=many) == "TooManyTagsException"
    system = [{"key": "aws:a", "value": ""}]
    assert refused(client.tag_resource, resourceArn=arn, tags=system) == "InvalidTagsException"


def test_it_is_kept(place: Place) -> None:
    place.furnish()
    place.make()
    again = Cloud(place.cloud.clock)
    persistence.load(again, persistence.dumped(place.cloud))
    assert again.snapshot() == place.cloud.snapshot() != {}
    again.reset()
