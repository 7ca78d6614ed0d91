"""Pipelines: their stages with and without connections, what is built, who may do what, and what a person opens."""

from __future__ import annotations

import dataclasses
import json
import re
import warnings
from typing import Any

import pytest
import yaml

from muvi_provision.day5_serverless import connections, delivery_grants, pipeline_stages
from muvi_provision.day5_serverless.delivery_grants import GrantPlan
from muvi_provision.day5_serverless.rules import Rule
from muvi_provision.environment import Environment
from muvi_provision.resource import Handle, Live, Unknown
from tests.resources.contract import Bench
from tests.resources.examples_delivery import CONNECTION, PIPELINE
from tests.unit.day5_serverless.conftest import wanted

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it imports pkg_resources, which warns of itself
    import parliament

ARNS = {
    "repository": "arn:aws:ecr:me-central-1:111122223333:repository/uat-{}",
    "role": "arn:aws:iam::111122223333:role/muvi/uat/uat-{}",
    "bucket": "arn:aws:s3:::uat-{}-111122223333",
    "connection": "arn:aws:codestar-connections:eu-central-1:111122223333:connection/{}",
    "log-group": "arn:aws:logs:me-central-1:111122223333:log-group:/ecs/uat/{}",
}
NOTHING_FINER = {
    "ecr:GetAuthorizationToken": "one token signs in to the whole registry",
    "ecs:DescribeTaskDefinition": "ECS knows no finer permission for it",
    "ecs:RegisterTaskDefinition": "ECS asks for it on everything, whatever the family (aws-reality 7.7)",
    "ecs:DescribeTasks": "tasks have no names before they run",
    "ecs:ListTasks": "the same",
}
INLINE_LIMIT = 10_240  # aws-reality 5.2 a


def grants(environment: Environment) -> dict[str, GrantPlan]:
    assert environment.workflow
    found = {
        "workflow": delivery_grants.workflow(environment, environment.workflow),
        "events": delivery_grants.events(environment),
        "delivery": delivery_grants.delivery(environment),
    }
    return {
        **found,
        **({"github": delivery_grants.github(environment, environment.github)} if environment.github else {}),
    }


def filled(plan: GrantPlan) -> str:
    """The policy with ARNs in place of outputs."""
    text = json.dumps(plan.policy, default=str)
    text = re.sub(r"\$\{([a-z-]+)/([^.}]+)\.[a-z_]+\}", lambda match: ARNS[match[1]].format(match[2]), text)
    assert "${" not in text
    return text


def elsewhere(environment: Environment, region: str) -> Environment:
    return environment.model_copy(update={"region": region})


def actions(environment: Environment, service: str = "gateway") -> list[dict[str, Any]]:
    return [action for stage in pipeline_stages.stages(environment, service) for action in stage["actions"]]


@pytest.mark.parametrize("env", ["prodlike", "tiny"])
def test_the_linter_finds_nothing(env: str, request: pytest.FixtureRequest) -> None:
    for name, plan in grants(request.getfixturevalue(env)).items():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = [
                parliament.enhance_finding(each) for each in parliament.analyze_policy_string(filled(plan)).findings
            ]
        told = (f"{each.issue}: {each.detail}" for each in found if each.severity not in ("LOW", "MUTED"))
        bad = [each for each in told if "UseConnection" not in each]  # whose ARNs have either prefix (7.9 d)
        assert not bad, f"{name}: {bad}"
        assert len(filled(plan)) < INLINE_LIMIT


@pytest.mark.parametrize("env", ["prodlike", "tiny"])
def test_nothing_is_allowed_everywhere_but_what_cannot_be_narrowed(env: str, request: pytest.FixtureRequest) -> None:
    for name, plan in grants(request.getfixturevalue(env)).items():
        for statement in json.loads(filled(plan))["Statement"]:
            said = statement["Action"]
            if statement["Resource"] == "*":
                assert set([said] if isinstance(said, str) else said) <= set(NOTHING_FINER), f"{name}: {said}"


def test_only_the_one_service_and_its_hours_machines_are_in_the_workflows_hands(prodlike: Environment) -> None:
    said = json.loads(filled(grants(prodlike)["workflow"]))
    resources = {one for each in said["Statement"] for one in _list(each["Resource"])}
    region = prodlike.region
    assert f"arn:aws:ecs:{region}:*:service/prodlike-main/prodlike-main" in resources
    machines = {one for one in resources if ":rds:" in one}
    assert machines
    assert all(one.startswith(f"arn:aws:rds:{region}:*:db:prodlike-main-") for one in machines)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def test_regions_with_and_without_connections() -> None:
    assert connections.exist_in("eu-central-1")
    assert not connections.exist_in("me-central-1")


def test_with_a_connection_the_source_is_the_code(prodlike: Environment) -> None:
    there = elsewhere(prodlike, "eu-central-1")
    stages = [stage["name"] for stage in pipeline_stages.stages(there, "gateway")]
    assert stages == ["Source", "Approval", "Build", "Copy", "Deploy"]
    source = actions(there)[0]
    assert source["actionTypeId"]["provider"] == "CodeStarSourceConnection"
    assert source["configuration"] == {
        "ConnectionArn": Unknown("connection/source", "arn"),
        "FullRepositoryId": "example-org/gateway",
        "BranchName": "main",
        "DetectChanges": "true",
    }
    assert pipeline_stages.starts(there, "gateway") == (), "a connection tells the pipeline itself"
    assert "connection/source" in wanted(there, "connection")


def test_without_connections_the_source_is_the_image(prodlike: Environment) -> None:
    here = elsewhere(prodlike, "me-central-1")
    source = actions(here)[0]
    assert source["actionTypeId"]["provider"] == "ECR"
    assert source["configuration"] == {"RepositoryName": Unknown("repository/gateway", "id"), "ImageTag": "latest"}
    everything = wanted(here)
    assert not [address for address in everything if address.startswith("connection/")]
    rule = everything["rule/image-pushed-gateway"]
    assert isinstance(rule, Rule)
    pattern = json.loads(rule.pattern)
    assert pattern["detail"]["repository-name"] == ["prodlike-gateway"]
    assert pattern["detail"]["image-tag"] == ["latest"]
    assert "rule-target/image-pushed-gateway" in everything
    assert pipeline_stages.build(here, "gateway")["privileged"] is False


def test_what_one_stage_makes_the_next_takes(prodlike: Environment) -> None:
    made: set[str] = set()
    for action in actions(elsewhere(prodlike, "eu-central-1")):
        assert {each["name"] for each in action["inputArtifacts"]} <= made
        made |= {each["name"] for each in action["outputArtifacts"]}


def test_a_copy_has_a_name_of_its_own_each_time(prodlike: Environment) -> None:
    (copy,) = [each for each in actions(prodlike) if each["actionTypeId"]["provider"] == "S3"]
    assert "PipelineExecutionId" in copy["configuration"]["ObjectKey"]
    assert copy["configuration"]["BucketName"] == Unknown("bucket/copies", "id")


def test_without_approval_and_copies(tiny: Environment) -> None:
    plan = tiny.pipelines["gateway"].model_copy(update={"approval": False})
    bare = tiny.model_copy(update={"pipelines": {"gateway": plan}})
    assert [stage["name"] for stage in pipeline_stages.stages(bare, "gateway")] == ["Source", "Build", "Deploy"]


@pytest.mark.parametrize("region", ["eu-central-1", "me-central-1"])
def test_the_commands_are_a_buildspec_that_names_the_container(prodlike: Environment, region: str) -> None:
    built = pipeline_stages.build(elsewhere(prodlike, region), "gateway")
    said = yaml.safe_load(built["buildspec"])
    commands = [one for phase in said["phases"].values() for one in phase["commands"]]
    assert all(isinstance(one, str) for one in commands), "a colon makes a mapping of a command"
    assert said["artifacts"]["files"] == [pipeline_stages.DEPLOYED]
    used = set(re.findall(r"\$\{?([A-Z_]+)", built["buildspec"]))
    given = {*built["variables"], "TAG", "IMAGE", "CODEBUILD_RESOLVED_SOURCE_VERSION"}
    assert used <= given
    assert built["variables"]["CONTAINER"] == "gateway"


def test_an_immutable_tag_is_not_pushed_twice(prodlike: Environment, tiny: Environment) -> None:
    there = elsewhere(prodlike, "eu-central-1")
    assert there.images.immutable
    assert pipeline_stages.build(there, "gateway")["variables"]["USUAL_TAG"] == ""
    assert pipeline_stages.build(tiny, "gateway")["variables"]["USUAL_TAG"] == "latest"


def test_one_connection_a_provider(tiny: Environment) -> None:
    other = tiny.pipelines["gateway"].model_copy(update={"provider": "GitHub"})
    both = tiny.model_copy(update={"pipelines": {**tiny.pipelines, "main": other}})
    assert pipeline_stages.providers(both) == {"source": "GitLab", "source-github": "GitHub"}
    assert pipeline_stages.connection_of(both, "main") == "source-github"
    assert actions(both, "main")[0]["configuration"]["ConnectionArn"] == Unknown("connection/source-github", "arn")


def test_a_pending_connection_shuts_the_gate_and_the_page_is_named(bench: Bench) -> None:
    bench.region = "eu-central-1"
    bench.make(CONNECTION)
    handles = [Handle[Any](CONNECTION.address)]
    assert not connections.opened(handles)(bench.aws, bench.values)
    told = connections.how_to_open(handles)(bench.aws, bench.values)
    assert "uat-source (GitLab)" in told
    assert "https://eu-central-1.console.aws.amazon.com/codesuite/settings/connections?region=eu-central-1" in told


def test_stages_are_compared_by_what_they_say() -> None:
    said = pipeline_stages.meaning(PIPELINE.stages)
    answered = json.loads(json.dumps(said, default=str))
    for stage in answered:
        for action in stage["actions"]:
            action["region"] = "me-central-1"
            if not action["inputArtifacts"]:
                del action["inputArtifacts"]
    assert pipeline_stages.meaning(answered) == json.loads(json.dumps(said, default=str))
    other = dataclasses.replace(PIPELINE, stages=PIPELINE.stages[:1])
    assert pipeline_stages.meaning(other.stages) != said


def test_a_plan_does_not_read_each_pipeline() -> None:
    believed = Live("arn:aws:codepipeline:me-central-1:000011112222:uat-gateway", {})
    assert PIPELINE.observe(believed) == {}
    assert PIPELINE.outputs(believed) == {"arn": believed.id}
