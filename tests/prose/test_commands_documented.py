"""The reference names every command, option and exit code; every command that is advised can be typed."""

from __future__ import annotations

import ast
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from muvi_provision import errors
from muvi_provision.cli.invocation import Invocation
from muvi_provision.cli.main import app

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "muvi_provision"
REFERENCE = "".join(
    path.read_text(encoding="utf-8") for path in (ROOT / "README.md", ROOT / "docs" / "commands.md") if path.exists()
)


def leaves(command: Any, path: str = "muvi") -> Iterator[tuple[str, Any]]:
    """Every command that can be carried out, with the words that lead to it."""
    inside = getattr(command, "commands", None)
    if inside is None:
        yield path, command
        return
    for name, each in inside.items():
        yield from leaves(each, f"{path} {name}")


def program() -> Any:
    return typer.main.get_command(app)


def advised() -> Iterator[tuple[str, str]]:
    """Every ``muvi …`` in the source, with its place; what is filled in later stands as 1.1, or 1 for a number."""
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            text = ""
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                text = node.value
            elif isinstance(node, ast.JoinedStr):
                text = "".join(str(part.value) if isinstance(part, ast.Constant) else "1.1" for part in node.values)
            if text.startswith("muvi ") and text.split()[1:2] not in ([], ["1.1"]) and "\n" not in text:
                yield f"{path.relative_to(ROOT)}:{node.lineno}", text


def pieces(text: str) -> bool:
    """Whether this is the beginning of a longer string, which is judged as a whole."""
    return text.endswith((" ", "-e"))


@pytest.mark.parametrize(("place", "command"), [each for each in advised() if not pieces(each[1])])
def test_what_is_advised_can_be_typed(place: str, command: str) -> None:
    root = program()
    for _, leaf in leaves(root):
        leaf.callback = lambda **_: 0
    words = shlex.split(command)[1:]
    words = ["1" if word == "1.1" and wants_a_number(words, place) else word for place, word in enumerate(words)]
    root(words, prog_name="muvi", obj=Invocation(words), standalone_mode=False)


def wants_a_number(words: list[str], place: int) -> bool:
    """Whether it stands where N does: ``muvi scale SERVICE N``."""
    leaf = dict(leaves(program())).get(f"muvi {words[0]}")
    taken = [each for each in leaf.params if each.param_type_name == "argument"] if leaf else []
    return place <= len(taken) and taken[place - 1].metavar == "N"


@pytest.mark.parametrize("path", [path for path, _ in leaves(program())])
def test_every_command_has_its_section(path: str) -> None:
    assert f"### {path}\n" in REFERENCE


def test_every_section_is_a_command() -> None:
    named = {line.removeprefix("### ") for line in REFERENCE.splitlines() if line.startswith("### muvi ")}
    assert named == {path for path, _ in leaves(program())}


@pytest.mark.parametrize(
    ("path", "option"),
    [
        (path, option)
        for path, command in (("muvi", program()), *leaves(program()))
        for parameter in command.params
        for option in parameter.opts
        if option.startswith("--") and option != "--version"
    ],
)
def test_every_option_is_named(path: str, option: str) -> None:
    assert f"`{option}" in REFERENCE or f"{option}`" in REFERENCE


def test_every_exit_code_is_explained() -> None:
    codes = {kind.exit_code for kind in vars(errors).values() if isinstance(kind, type) and hasattr(kind, "exit_code")}
    cells = [cell.strip() for line in REFERENCE.splitlines() if line.startswith("| ") for cell in line.split("|")[1:2]]
    explained = {int(number) for cell in cells for number in cell.split(",") if number.strip().isdigit()}
    assert codes | {0, 143} <= explained


def test_every_command_says_what_it_does() -> None:
    for path, command in leaves(program()):
        assert command.help, path
        assert command.help.isascii(), path
