"""Which functions wait for their code: those without any, and not those whose code is bad."""

from __future__ import annotations

import contextlib
from pathlib import Path

from muvi_provision.day5_serverless import function_plans
from muvi_provision.environment import Environment
from tests.resources.contract import Bench


def give(name: str, file: str = "index.js") -> None:
    place = Path("functions") / name
    place.mkdir(parents=True)
    (place / file).write_text("exports.handler = async () => 1")


def test_the_gate_says_where_code_is_wanted_that_is_somewhere_else(
    bench: Bench, tiny: Environment, tmp_path: Path
) -> None:
    plan, place = tiny.functions["sync-films"], "s3://codes/sync-films.zip"
    functions = {**tiny.functions, "sync-films": plan.model_copy(update={"code": place})}
    told = function_plans.what_is_missing(tiny.model_copy(update={"functions": functions}))
    with contextlib.chdir(tmp_path):
        said = told(bench.aws, {})
        assert said.startswith("2 of 2 functions wait for code: sync-films, clean-orders. Copy it")
        assert "`muvi functions copy clean-orders`" in said
        assert f"The code of sync-films is to be at {place}." in said
        give("clean-orders")
        said = told(bench.aws, {})
        assert said.startswith("1 of 2 functions waits for code: sync-films. The code of sync-films is to be at")


def test_code_that_is_bad_is_not_missing(bench: Bench, tiny: Environment, tmp_path: Path) -> None:
    """What is wrong with it is said of that function alone; the gate goes on about the others."""
    with contextlib.chdir(tmp_path):
        give("sync-films", "main.js")
        assert function_plans.waiting(bench.aws, tiny) == ["clean-orders"]
        plan = tiny.functions["clean-orders"].model_copy(update={"code": "s3://no-key"})
        odd = tiny.model_copy(update={"functions": {**tiny.functions, "clean-orders": plan}})
        assert function_plans.all_there(odd)(bench.aws, {})
