"""GitHub's word: one provider an account, one branch of one repository, and a workflow file that deploys."""

from __future__ import annotations

import json
import re
import subprocess
from typing import Any

import pytest
import yaml

from muvi_provision.day2_data.roles import Role
from muvi_provision.day5_serverless import delivery_grants, github_workflow
from muvi_provision.day5_serverless.github import PROVIDER_HOST
from muvi_provision.environment import Environment
from muvi_provision.errors import UsageError
from muvi_provision.resource import Unknown
from tests.resources.contract import Bench
from tests.resources.examples_delivery import GITHUB
from tests.unit.day5_serverless.conftest import wanted
from tests.unit.hands import by_hand

ARN = "arn:aws:iam::111122223333:role/muvi/tiny/tiny-github-deploy"
TRUSTED = [("aws-actions/configure-aws-credentials", "v4"), ("aws-actions/amazon-ecr-login", "v2")]


def file(environment: Environment) -> Any:
    return yaml.safe_load(github_workflow.text(environment, ARN))


def deploy(environment: Environment) -> Any:
    return file(environment)["jobs"]["deploy"]


def test_only_one_branch_of_one_repository_may(tiny: Environment) -> None:
    role = wanted(tiny, "role")["role/github-deploy"]
    assert isinstance(role, Role)
    assert isinstance(role.trust, dict)
    (statement,) = role.trust["Statement"]
    assert statement["Principal"] == {"Federated": Unknown("oidc-provider/github", "arn")}
    assert statement["Condition"]["StringEquals"] == {
        f"{PROVIDER_HOST}:aud": "sts.amazonaws.com",
        f"{PROVIDER_HOST}:sub": "repo:example-org/cinema:ref:refs/heads/main",
    }
    assert "oidc-provider/github" in role.needs()


def test_it_may_push_and_roll_out_and_no_more(tiny: Environment) -> None:
    assert tiny.github
    said = json.dumps(delivery_grants.github(tiny, tiny.github).policy, default=str)
    assert {"ecr:PutImage", "ecs:UpdateService", "ecs:RegisterTaskDefinition", "iam:PassRole"} <= set(
        re.findall(r'"([a-z-]+:[A-Za-z]+)"', said)
    )
    assert "iam:Create" not in said
    assert "Delete" not in said


def test_a_role_of_a_whole_document_is_made_and_compared(bench: Bench, tiny: Environment) -> None:
    bench.stand(GITHUB)
    assert tiny.github
    trust = delivery_grants.github(tiny, tiny.github).trust
    role = Role("github-deploy", trust=trust, purpose="Deployments")
    live = bench.make(role)
    bench.silent(bench.real(role), live.id)
    other = json.loads(json.dumps(bench.real(role).trust))  # type: ignore[attr-defined]
    other["Statement"][0]["Condition"]["StringEquals"][f"{PROVIDER_HOST}:sub"] = (
        "repo:somebody/else:ref:refs/heads/main"
    )
    by_hand(bench, "iam", "update_assume_role_policy", RoleName=live.id, PolicyDocument=json.dumps(other))
    assert {change.field for change in bench.changes(bench.real(role), bench.look(bench.real(role), live.id))} == {
        "trust"
    }


def test_a_provider_that_is_there_is_used_and_our_audience_added(bench: Bench) -> None:
    by_hand(bench, "iam", "create_open_id_connect_provider", Url=f"https://{PROVIDER_HOST}", ClientIDList=["somebody"])
    live = bench.look(GITHUB, None)
    (change,) = bench.changes(GITHUB, live)
    assert str(change) == "audience: somebody -> sts.amazonaws.com"
    live = bench.update(GITHUB, live, (change,))
    assert sorted(live.raw["ClientIDList"]) == ["somebody", "sts.amazonaws.com"]
    bench.silent(GITHUB, None)
    with bench.writing(GITHUB) as aws:
        GITHUB.delete(aws, live)
    assert bench.look(GITHUB, None).id == live.id


def test_the_file_signs_in_without_a_key(tiny: Environment) -> None:
    said = file(tiny)
    assert said["permissions"] == {"id-token": "write", "contents": "read"}
    assert said[True]["push"]["branches"] == ["main"]  # YAML reads the word `on` so
    sign_in = next(step for step in deploy(tiny)["steps"] if "configure-aws" in step.get("uses", ""))
    assert sign_in["with"]["role-to-assume"] == ARN
    assert "secrets." not in github_workflow.text(tiny, ARN)


def test_actions_are_pinned_by_their_major_versions(tiny: Environment) -> None:
    used = [step["uses"] for step in deploy(tiny)["steps"] if "uses" in step]
    assert all(re.fullmatch(r"(actions|aws-actions)/[a-z-]+@v\d+", each) for each in used)
    assert {f"{name}@{version}" for name, version in TRUSTED} <= set(used)


@pytest.mark.parametrize("env", ["uat", "prodlike", "tiny"])
def test_every_service_is_built_and_rolled_out(env: str, request: pytest.FixtureRequest, tiny: Environment) -> None:
    environment: Environment = request.getfixturevalue(env).model_copy(update={"github": tiny.github})
    rows = deploy(environment)["strategy"]["matrix"]["include"]
    assert [row["service"] for row in rows] == list(environment.services)
    assert {row["repository"] for row in rows} == {f"{env}-{name}" for name in environment.repositories}
    assert all(row["deployed"] == f"{env}-{row['service']}" for row in rows)


def test_an_immutable_tag_is_not_pushed_again(tiny: Environment, prodlike: Environment) -> None:
    push = {step["name"]: step["run"] for step in deploy(tiny)["steps"] if "run" in step}["Build and push"]
    assert "matrix.tag" in push
    fixed = prodlike.model_copy(update={"github": tiny.github})
    push = {step["name"]: step["run"] for step in deploy(fixed)["steps"] if "run" in step}["Build and push"]
    assert "matrix.tag" not in push


def test_the_new_image_gets_a_version_of_the_task_definition(tiny: Environment) -> None:
    roll = {step["name"]: step["run"] for step in deploy(tiny)["steps"] if "run" in step}["Roll out"]
    order = [
        roll.index(word)
        for word in ("describe-task-definition", "register-task-definition", "update-service", "wait services-stable")
    ]
    assert order == sorted(order)
    assert "--force-new-deployment" in roll


def test_its_commands_are_commands(tiny: Environment) -> None:
    for step in deploy(tiny)["steps"]:
        if "run" in step:
            plain = re.sub(r"\$\{\{.*?\}\}", "x", step["run"])
            subprocess.run(["bash", "-n"], input=plain, text=True, check=True)


def test_without_a_repository_there_is_no_file(uat: Environment) -> None:
    with pytest.raises(UsageError, match="names no repository"):
        github_workflow.text(uat, ARN)
