"""What the roles may do: enough, and nothing that is not needed."""

from __future__ import annotations

import json
import re
import warnings
from typing import Any

import pytest

from muvi_provision.day3_compute import given_secrets, grants
from muvi_provision.day3_compute.grants import RolePlan
from muvi_provision.environment import Environment
from muvi_provision.environment.secrets import Secret

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it imports pkg_resources, which warns of itself
    import parliament

ARNS = {
    "repository": "arn:aws:ecr:me-central-1:111122223333:repository/uat-{}",
    "secret": "arn:aws:secretsmanager:me-central-1:111122223333:secret:uat/{}-AbCdEf",
    "aurora-cluster": "arn:aws:secretsmanager:me-central-1:111122223333:secret:rds!cluster-{}-AbCdEf",
    "role": "arn:aws:iam::111122223333:role/muvi/uat/uat-{}",
}
NOTHING_FINER = {
    "ecr:GetAuthorizationToken": "one token signs in to the whole registry",
    "ssmmessages:CreateControlChannel": "channels of ECS Exec have no names",
    "ssmmessages:CreateDataChannel": "channels of ECS Exec have no names",
    "ssmmessages:OpenControlChannel": "channels of ECS Exec have no names",
    "ssmmessages:OpenDataChannel": "channels of ECS Exec have no names",
    "ec2:DescribeNetworkInterfaces": "EC2's describe calls are for all or none",
    "ec2:DescribeSubnets": "EC2's describe calls are for all or none",
    **dict.fromkeys(
        (
            "ec2:AssignPrivateIpAddresses",
            "ec2:CreateNetworkInterface",
            "ec2:DeleteNetworkInterface",
            "ec2:UnassignPrivateIpAddresses",
        ),
        "Lambda refuses a function whose role may not do it to any interface (aws-reality 7.1 e)",
    ),
    "ecs:DescribeTaskDefinition": "ECS knows no finer permission for it",
    "ecs:RegisterTaskDefinition": "ECS asks for it on everything, whatever the family (aws-reality 7.7)",
}
INLINE_LIMIT = 10_240  # aws-reality 5.2 a


def filled(plan: RolePlan) -> str:
    """The policy with ARNs in place of outputs."""
    text = json.dumps(plan.policy, default=str)
    text = re.sub(r"\$\{([a-z-]+)/([^.}]+)\.[a-z_]+\}", lambda match: ARNS[match[1]].format(match[2]), text)
    assert "${" not in text
    return text


def statements(plan: RolePlan) -> list[dict[str, Any]]:
    return list(json.loads(filled(plan))["Statement"])


def listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


@pytest.fixture(scope="session", params=["uat", "tiny"])
def plans(request: pytest.FixtureRequest, uat: Environment, tiny: Environment) -> tuple[RolePlan, ...]:
    return grants.roles({"uat": uat, "tiny": tiny}[request.param])


def test_the_linter_finds_nothing(plans: tuple[RolePlan, ...]) -> None:
    for plan in plans:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = [
                parliament.enhance_finding(each) for each in parliament.analyze_policy_string(filled(plan)).findings
            ]
        bad = [f"{each.issue}: {each.detail}" for each in found if each.severity not in ("LOW", "MUTED")]
        assert not bad, f"{plan.name}: {bad}"


def test_the_linter_would_find_something() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        said = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "ecs:RollOut", "Resource": "*"}]}'
        assert parliament.analyze_policy_string(said).findings


def test_nothing_is_allowed_everywhere_but_what_cannot_be_narrowed(plans: tuple[RolePlan, ...]) -> None:
    for plan in plans:
        for statement in statements(plan):
            actions = listed(statement["Action"])
            assert not [action for action in actions if "*" in action], plan.name
            if "*" in listed(statement["Resource"]):
                assert set(actions) <= NOTHING_FINER.keys(), plan.name


def test_every_policy_fits_into_a_role(uat: Environment) -> None:
    assert max(len(filled(plan)) for plan in grants.roles(uat)) <= INLINE_LIMIT


def test_every_statement_says_what_it_is_for(plans: tuple[RolePlan, ...]) -> None:
    for plan in plans:
        names = [statement["Sid"] for statement in statements(plan)]
        assert all(re.fullmatch(r"[A-Za-z0-9]+", name) for name in names)
        assert len(names) == len(set(names))
        assert plan.purpose.isascii()


def resources(plan: RolePlan, sid: str) -> list[str]:
    found = [listed(each["Resource"]) for each in statements(plan) if each["Sid"] == sid]
    return found[0] if found else []


def named(environment: Environment, name: str) -> RolePlan:
    return next(plan for plan in grants.roles(environment) if plan.name == name)


def test_ecs_may_give_exactly_the_secrets_that_containers_are_given(uat: Environment) -> None:
    given = {name for name, secret in uat.secrets.items() if secret.used_by or secret.kind == "database"}
    assert set(resources(named(uat, "task-execution"), "GiveSecrets")) == {ARNS["secret"].format(n) for n in given}


def test_a_program_reads_its_own_secrets_only(uat: Environment) -> None:
    found = resources(named(uat, "task-identity"), "ReadItsSecrets")
    assert found == [
        ARNS["secret"].format(n) for n in ("identity/lb/certificate", "identity/braze-api-key", "identity/rds")
    ]
    assert resources(named(uat, "task-website"), "ReadItsSecrets") == []


def test_the_pipeline_hands_over_the_roles_of_tasks_and_no_other(uat: Environment) -> None:
    handed = resources(named(uat, "pipeline"), "HandOverTheTaskRoles")
    wanted = ("task-execution", *(f"task-{service}" for service in uat.services))
    assert handed == [ARNS["role"].format(name) for name in wanted]


def test_scaling_touches_this_clusters_services_only(uat: Environment) -> None:
    found = resources(named(uat, "scaling"), "ChangeHowManyRun")
    assert found == [f"arn:aws:ecs:me-central-1:*:service/uat-main/uat-{service}" for service in uat.services]


def test_who_acts_in_which_role(uat: Environment) -> None:
    trust = {plan.name: plan.trust for plan in grants.roles(uat)}
    assert trust["task-execution"] == trust["task-main"] == ("ecs-tasks.amazonaws.com",)
    assert trust["functions"] == ("lambda.amazonaws.com",)
    assert trust["pipeline"] == ("codebuild.amazonaws.com", "codepipeline.amazonaws.com")
    assert trust["scaling"] == ("application-autoscaling.amazonaws.com",)


def test_without_parameters_nobody_may_read_any(tiny: Environment) -> None:
    silent = tiny.model_copy(update={"parameters": False})
    assert resources(named(tiny, "task-main"), "ReadSettings")
    assert not resources(named(silent, "task-main"), "ReadSettings")


def spelled(environment: Environment, service: str) -> dict[str, str]:
    return {name: str(value) for name, value in given_secrets.variables(environment, service).items()}


def test_the_variables_of_secrets(tiny: Environment) -> None:
    assert spelled(tiny, "main") == {
        "LB_CERTIFICATE": "${secret/main/lb/certificate.value_from}",
        "DB_USERNAME": "${secret/main/rds.value_from}:username::",
        "DB_PASSWORD": "${secret/main/rds.value_from}:password::",
    }
    assert spelled(tiny, "gateway") == {
        "GATEWAY_JWT": "${secret/gateway/jwt.value_from}",
        "GATEWAY_API_KEY": "${secret/gateway/api-key.value_from}",
    }


def test_nothing_is_given_in_the_open_and_as_a_secret_too(tiny: Environment) -> None:
    """aws-reality 5.6: ECS refuses that. What the file says in the open is meant; what is only reckoned out is not."""
    own = tiny.services["main"].model_copy(update={"environment": {"DB_PASSWORD": "none"}})
    door = Secret(kind="given", used_by=("main",), variable="PORT")
    changed = {"services": {**tiny.services, "main": own}, "secrets": {**tiny.secrets, "main/door": door}}
    environment = tiny.model_copy(update=changed)
    assert {"PORT", "DB_USERNAME"} < spelled(environment, "main").keys()
    assert "DB_PASSWORD" not in spelled(environment, "main")
    plain = given_secrets.plain_variables(environment, "main")
    assert plain["DB_PASSWORD"] == "none"
    assert not plain.keys() & spelled(environment, "main").keys()


def test_a_database_without_a_secret_of_ours_has_one_of_rdss(tiny: Environment) -> None:
    rest = {name: secret for name, secret in tiny.secrets.items() if name != "main/rds"}
    managed = tiny.model_copy(update={"secrets": rest})
    assert spelled(managed, "main")["DB_PASSWORD"] == "${aurora-cluster/main.secret_arn}:password::"


def test_a_second_database_is_told_apart_by_its_name(tiny: Environment) -> None:
    two = {**tiny.databases, "bulk-refund": tiny.databases["main"]}
    assert {"DB_USERNAME", "BULK_REFUND_DB_USERNAME"} <= spelled(
        tiny.model_copy(update={"databases": two}), "main"
    ).keys()
