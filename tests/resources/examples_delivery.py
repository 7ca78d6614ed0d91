"""Examples of what delivers: the workflow's machine, connections, build projects, pipelines, and GitHub's word."""

from __future__ import annotations

from typing import Any

from muvi_provision.day2_data.roles import Role
from muvi_provision.day4_edge.buckets import Bucket
from muvi_provision.day5_serverless.building import BuildProject
from muvi_provision.day5_serverless.connections import Connection
from muvi_provision.day5_serverless.github import PROVIDER_HOST, OidcProvider
from muvi_provision.day5_serverless.pipelines import Pipeline
from muvi_provision.day5_serverless.workflow import StateMachine
from muvi_provision.resource import Unknown
from tests.resources import examples_compute as compute
from tests.resources.contract import Example
from tests.resources.examples_balancing import at

DRAWN = {"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}}
REDRAWN = {"StartAt": "Wait", "States": {"Wait": {"Type": "Wait", "Seconds": 1, "End": True}}}
ACTS = Role("workflow", trust="states.amazonaws.com")
OTHER_ACTS = Role("other", trust="states.amazonaws.com")
MACHINE = StateMachine(
    "main",
    role=at(ACTS.address),
    role_arn=Unknown(ACTS.address, "arn"),  # type: ignore[arg-type]
    definition=DRAWN,
)
CONNECTION = Connection("source", provider="GitLab")
SERVICES = ("codebuild.amazonaws.com", "codepipeline.amazonaws.com")
DELIVERS = Role("delivery", trust=SERVICES)
OTHER_DELIVERS = Role("other", trust=SERVICES)
ACTING: dict[str, Any] = {"role": at(DELIVERS.address), "role_arn": Unknown(DELIVERS.address, "arn")}
PROJECT = BuildProject(
    "gateway",
    log_group=at(compute.LOGS.address),
    buildspec="version: 0.2\n",
    variables={"CONTAINER": "gateway"},
    privileged=True,
    **ACTING,
)
ARTIFACTS = Bucket("artifacts")
OTHER_ARTIFACTS = Bucket("others")


def stages(approval: str) -> tuple[dict[str, Any], ...]:
    """A source, and somebody who says yes."""
    source = {
        "name": "Source",
        "actionTypeId": {"category": "Source", "owner": "AWS", "provider": "ECR", "version": "1"},
        "configuration": {"RepositoryName": Unknown(compute.REPOSITORY.address, "id"), "ImageTag": "latest"},
        "runOrder": 1,
        "inputArtifacts": (),
        "outputArtifacts": ({"name": "Source"},),
    }
    yes = {
        "name": "Approval",
        "actionTypeId": {"category": "Approval", "owner": "AWS", "provider": "Manual", "version": "1"},
        "configuration": {"CustomData": approval},
    }
    return ({"name": "Source", "actions": (source,)}, {"name": "Approval", "actions": (yes,)})


PIPELINE = Pipeline(
    "gateway",
    artifacts=at(ARTIFACTS.address),
    project=at(PROJECT.address),
    service=at(compute.SERVICE.address),
    stages=stages("May it?"),
    **ACTING,
)
GITHUB = OidcProvider("github", host=PROVIDER_HOST, audience="sts.amazonaws.com")
BUILDING = (DELIVERS, OTHER_DELIVERS, compute.LOGS, compute.OTHER_LOGS, PROJECT)
RUNNING = (*compute.RUNNING, compute.NAMESPACE, compute.NAME, compute.SERVICE)

EXAMPLES = [
    Example(MACHINE, (ACTS, OTHER_ACTS), {"definition": REDRAWN, "role_arn": Unknown(OTHER_ACTS.address, "arn")}),
    Example(CONNECTION, region="eu-central-1"),  # the other one has none
    Example(
        PROJECT,
        BUILDING[:-1],
        {
            "role_arn": Unknown(OTHER_DELIVERS.address, "arn"),
            "log_group": at(compute.OTHER_LOGS.address),
            "buildspec": "version: 0.2\nphases: {}\n",
            "variables": {"CONTAINER": "gateway", "MORE": "yes"},
            "privileged": False,
        },
    ),
    Example(
        PIPELINE,
        (*RUNNING, *(one for one in BUILDING if one not in RUNNING), ARTIFACTS, OTHER_ARTIFACTS),
        {
            "role_arn": Unknown(OTHER_DELIVERS.address, "arn"),
            "artifacts": at(OTHER_ARTIFACTS.address),
            "stages": stages("May it really?"),
        },
    ),
    Example(GITHUB, unseen=frozenset({"audience"})),  # one that is added stays
]
