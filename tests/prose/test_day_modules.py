"""A day module reads like its page: the same headings, short steps, and nothing in them but what is wanted."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from muvi_provision.engine.stack import Step

ROOT = Path(__file__).parents[2]
MODULES = sorted(ROOT.glob("muvi_provision/day*/steps.py"))
LINES = 25

NOT_PROSE = (
    ast.Try,
    ast.TryStar,
    ast.While,
    ast.Raise,
    ast.With,
    ast.Assert,
    ast.Lambda,
    ast.BinOp,
    ast.AugAssign,
    ast.ClassDef,
)
MACHINERY = {
    "boto3",
    "botocore",
    "logging",
    "time",
    "datetime",
    "random",
    "os",
    "subprocess",
    "tenacity",
    "rich",
    "typer",
}
WORDS_OF_MACHINERY = {"print", "sleep", "open", "getattr", "setattr", "eval", "exec", "isinstance"}
AWS_NAMES = {
    "an ARN": re.compile(r"\barn:"),
    "an address": re.compile(r"\d+\.\d+\.\d+\.\d+"),
    "a size": re.compile(r"^(db|cache)\.\w+\.\w+$"),
    "a region": re.compile(r"\b(us|eu|me|ap|sa|ca|af|il)-[a-z]+-\d\b"),
    "an id": re.compile(r"\b(vpc|subnet|sg|igw|nat|rtb|eni|vpce|pl)-[0-9a-f]{8,}\b"),
    "an account": re.compile(r"\b\d{12}\b"),
}

each_day = pytest.mark.parametrize("path", MODULES, ids=lambda path: path.parent.name)


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def functions(path: Path) -> list[ast.FunctionDef]:
    return [node for node in parsed(path).body if isinstance(node, ast.FunctionDef)]


def module(path: Path) -> Any:
    return importlib.import_module(f"muvi_provision.{path.parent.name}.steps")


def page(path: Path) -> Path:
    return ROOT / "runbook" / f"{path.parent.name.replace('_', '-')}.md"


def test_there_are_days() -> None:
    assert MODULES


@each_day
def test_a_module_is_steps_and_nothing_else(path: Path) -> None:
    docstring, *rest = parsed(path).body
    assert isinstance(docstring, ast.Expr)
    for node in rest:
        assert isinstance(node, ast.Import | ast.ImportFrom | ast.FunctionDef | ast.Assign | ast.AnnAssign), (
            ast.unparse(node)
        )
    for function in functions(path):
        first = function.decorator_list[0]
        assert isinstance(first, ast.Call), f"{function.name} is no step"
        assert ast.unparse(first.func) == "step", f"{function.name} is no step"


@each_day
def test_steps_stand_in_order_and_are_all_told(path: Path) -> None:
    steps: tuple[Step, ...] = module(path).STEPS
    assert [each.body.__name__ for each in steps] == [function.name for function in functions(path)]
    assert [each.order for each in steps] == sorted(each.order for each in steps)
    assert {f"day{each.day}" for each in steps} == {path.parent.name.partition("_")[0]}
    assert isinstance(module(path).TITLE, str)


@each_day
def test_a_step_is_short_and_says_what_it_is(path: Path) -> None:
    for function in functions(path):
        assert function.end_lineno is not None
        assert function.end_lineno - function.lineno + 1 <= LINES, f"{function.name} is too long for a paragraph"
        said = ast.get_docstring(function)
        assert said, f"{function.name} says nothing"
        assert "\n" not in said, f"{function.name} says more than a line"
        assert said.endswith("."), f"{function.name} does not end its sentence"


@each_day
def test_a_step_holds_no_machinery(path: Path) -> None:
    for node in ast.walk(parsed(path)):
        assert not isinstance(node, NOT_PROSE) or _is_type(node), f"line {node.lineno}: {ast.unparse(node)}"
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]
            assert not {name.partition(".")[0] for name in names} & MACHINERY, ast.unparse(node)
        if isinstance(node, ast.Call):
            assert ast.unparse(node.func).rpartition(".")[2] not in WORDS_OF_MACHINERY, f"line {node.lineno}"


@each_day
def test_a_step_holds_no_size_and_no_address(path: Path) -> None:
    for function in functions(path):
        for literal in _literals(function):
            assert isinstance(literal, str | bool | None), f"{function.name}: {literal!r} belongs in the environment"
            found = [
                what for what, pattern in AWS_NAMES.items() if isinstance(literal, str) and pattern.search(literal)
            ]
            assert not found, f"{function.name}: {literal!r} is {found[0]}, which belongs in the environment"


@each_day
def test_a_step_loops_over_the_environment_only(path: Path) -> None:
    for function in functions(path):
        told = {argument.arg for argument in function.args.args}
        for node in ast.walk(function):
            _learn(node, told)
        for loop in (node for node in ast.walk(function) if isinstance(node, ast.For | ast.comprehension)):
            assert _names(loop.iter) & told, f"{function.name} loops over {ast.unparse(loop.iter)}"


@each_day
def test_the_headings_of_the_page_are_the_steps(path: Path) -> None:
    written = page(path).read_text(encoding="utf-8")
    steps: tuple[Step, ...] = module(path).STEPS
    headings = re.findall(r"^## (\d+\.\d+ .*)$", written, flags=re.MULTILINE)
    assert headings == [f"{each.number} {each.title}" for each in steps]
    assert written.startswith(f"# Day {steps[0].day}: {module(path).TITLE}\n")


@each_day
def test_the_page_names_nothing_of_anybody(path: Path) -> None:
    written = page(path).read_text(encoding="utf-8")
    for what in ("an id", "an account", "an ARN"):
        assert not AWS_NAMES[what].search(written), f"the page has {what} in it"


def _is_type(node: ast.AST) -> bool:
    """``A | B`` in an annotation is no arithmetic."""
    return isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr)


def _literals(function: ast.FunctionDef) -> Iterator[Any]:
    """Every literal but the docstring and the words of the decorator."""
    for statement in function.body[1:]:
        yield from (node.value for node in ast.walk(statement) if isinstance(node, ast.Constant))


def _names(node: ast.AST) -> set[str]:
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}


def _learn(node: ast.AST, told: set[str]) -> None:
    """Names that were given something that comes from the stack, its environment or an item of it."""
    if isinstance(node, ast.Assign) and _names(node.value) & told:
        told |= set().union(*(_names(target) for target in node.targets))
    if isinstance(node, ast.For | ast.comprehension) and _names(node.iter) & told:
        told |= _names(node.target)


STEP = '@step("9.1", "Bad")\ndef bad(stack):\n    """Says so."""\n'


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        ("    while True:\n        pass\n", test_a_step_holds_no_machinery),
        ("    try:\n        pass\n    except KeyError:\n        pass\n", test_a_step_holds_no_machinery),
        ("    import boto3\n", test_a_step_holds_no_machinery),
        ("    clock.sleep(stack)\n", test_a_step_holds_no_machinery),
        ("    stack.ensure(stack.number + stack.number)\n", test_a_step_holds_no_machinery),
        ("    stack.ensure(f'arn:aws:iam::{stack}')\n", test_a_step_holds_no_size_and_no_address),
        ("    stack.ensure('10.0.0.0/16')\n", test_a_step_holds_no_size_and_no_address),
        ("    stack.ensure('db.t4g.medium')\n", test_a_step_holds_no_size_and_no_address),
        ("    stack.ensure(512)\n", test_a_step_holds_no_size_and_no_address),
        ("    for each in ('a', 'b'):\n        stack.ensure(each)\n", test_a_step_loops_over_the_environment_only),
        ("    stack.ensure([n for n in range(stop)])\n", test_a_step_loops_over_the_environment_only),
        ("    stack.ensure()\n" * LINES, test_a_step_is_short_and_says_what_it_is),
    ],
)
def test_the_rules_see_what_they_forbid(tmp_path: Path, body: str, rule: Any) -> None:
    path = tmp_path / "day9_bad" / "steps.py"
    path.parent.mkdir()
    path.write_text(f'"""Bad."""\n{STEP}{body}', encoding="utf-8")
    with pytest.raises(AssertionError):
        rule(path)
