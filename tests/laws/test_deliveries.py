"""A new version goes all the way from its source to the containers, in the role that the product made for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from muvi_provision.sandbox import connections
from tests.laws.conftest import PUSHED, fresh
from tests.laws.hands import client
from tests.world import World

NAME = "tiny-gateway"


def stages(one: World) -> dict[str, dict[str, Any]]:
    told = client(one, "codepipeline").get_pipeline_state(name=NAME)["stageStates"]
    return {stage["stageName"]: stage for stage in told}


def approve(one: World) -> None:
    (asked,) = stages(one)["Approval"]["actionStates"]
    said = {"pipelineName": NAME, "stageName": "Approval", "actionName": "Approval"}
    result = {"status": "Approved", "summary": "go"}
    client(one, "codepipeline").put_approval_result(**said, result=result, token=asked["latestExecution"]["token"])


def test_a_new_version_goes_all_the_way(world: Callable[..., World]) -> None:
    """aws-reality 7.7: the role may do all that its actions need, or one of them fails."""
    one, _ = fresh(world, PUSHED)
    report = one.run()
    assert not report.errors
    if "gate/connection" in report.gates:
        connections.authorise(one.cloud, "tiny-source")
        client(one, "codepipeline").start_pipeline_execution(name=NAME)
    approve(one)
    ended = {name: stage["actionStates"][0]["latestExecution"] for name, stage in stages(one).items()}
    assert {"Source", "Approval", "Build", "Deploy"} <= set(ended)
    assert {name: end.get("errorDetails") for name, end in ended.items() if end["status"] != "Succeeded"} == {}
