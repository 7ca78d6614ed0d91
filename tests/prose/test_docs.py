"""The documents say what is: paths exist, commands parse, tables match the code, the worked example works."""

from __future__ import annotations

import ast
import dataclasses
import importlib.util
import ipaddress
import re
import shlex
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from muvi_provision.cli.main import main
from muvi_provision.resource import Declared
from muvi_provision.sandbox.cloud import Cloud
from muvi_provision.state import records
from muvi_provision.state.lock import Holder
from tests.prose.test_readme import files
from tests.resources.contract import Bench, keeps_its_promises, round_trips
from tests.world import World

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / path for path in files() if path.endswith(".md")]
WRITTEN = [*PAGES, *(ROOT / path for path in files() if re.match(r"runbook/environments/.*\.yaml$", path))]
DOCS = ROOT / "docs"
FACTS = DOCS / "aws-reality.md"
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\(([^)#]+)[^)]*\)")

each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())


def text(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def prose(page: Path) -> str:
    """The words alone: no blocks, no code, no addresses of links."""
    return LINK.sub("]", SPAN.sub("", BLOCK.sub("", text(page))))


# Paths


def named(page: Path) -> Iterator[str]:
    """What looks like a file or folder of ours: in code spans, and in the picture of the architecture."""
    spans = SPAN.findall(BLOCK.sub("", text(page)))
    if page.name == "architecture.md":
        spans += re.findall(r"[\w/]+/\w+\.py|\b\w+\.py", text(page))
    for span in spans:
        if re.fullmatch(r"\.?[\w.-]*(/[\w.-]+)*(\.(py|md|toml|yaml|json)|/|/run)", span) and not span.startswith("-"):
            yield span


def exists(path: str, page: Path) -> bool:
    beside = (ROOT, ROOT / "muvi_provision", page.parent)
    kept_by_users = path.startswith(("state/", "sandbox/", "uat.")) and page.name != "architecture.md"
    if page == FACTS:  # it speaks of botocore's files
        return True
    to_fill_in = re.search(r"\b(NAME|DAY|FILE)\b", path)
    return bool(kept_by_users or to_fill_in) or any((folder / path).exists() for folder in beside)


@each_page
def test_every_path_that_is_named_exists(page: Path) -> None:
    assert [path for path in named(page) if not exists(path, page)] == []


@each_page
def test_every_link_leads_somewhere(page: Path) -> None:
    inside = [link for link in LINK.findall(text(page)) if not link.startswith("https://")]
    assert [link for link in inside if not (page.parent / link).exists()] == []


def test_every_document_can_be_reached_from_the_readme() -> None:
    reached, waiting = set[Path](), [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        reached.add(page)
        links = ((page.parent / link).resolve() for link in LINK.findall(text(page)) if link.endswith(".md"))
        waiting += [link for link in links if link not in reached]
    assert set(DOCS.rglob("*.md")) <= reached


def test_every_fact_that_the_code_names_is_there() -> None:
    there = set(re.findall(r"^(?:#+ (?=\d)|\| (?=0\.))(\d+(?:\.\d+)?)", text(FACTS), re.MULTILINE))  # 0 is a table
    for path in (path for path in files() if path.endswith(".py")):
        named_facts = re.findall(r"aws-reality(?:\.md)? (\d+(?:\.\d+)?)(?:(?:, | and |-)(\d+\.\d+))*", _content(path))
        assert {number for numbers in named_facts for number in numbers if number} <= there, path


def test_the_architecture_names_nothing_that_is_gone() -> None:
    written = text(DOCS / "architecture.md")
    known = set(_names_in_the_package())
    for owner, member in re.findall(r"`([A-Z]\w+)\.(\w+)`", written):
        assert f"{owner}.{member}" in known
    for name in re.findall(r"`([A-Z]\w+)`", BLOCK.sub("", written)):
        assert name in known | {"DependencyViolation"}
    for path, name in re.findall(r"([\w/]+\.py): (\w+)$", written, re.MULTILINE):
        assert f"def {name}(" in text(ROOT / "muvi_provision" / path)


def _names_in_the_package() -> Iterator[str]:
    for path in (ROOT / "muvi_provision").rglob("*.py"):
        for node in ast.walk(ast.parse(text(path))):
            if isinstance(node, ast.Assign):
                yield from (target.id for target in node.targets if isinstance(target, ast.Name))
            if isinstance(node, ast.ClassDef):
                yield node.name
                yield from (f"{node.name}.{item.name}" for item in node.body if isinstance(item, ast.FunctionDef))


# Commands


def commands(page: Path) -> Iterator[str]:
    """Every ``muvi …`` to type; what follows two spaces or stands in capitals is talk."""
    lines = [line for _, block in BLOCK.findall(text(page)) for line in block.splitlines()]
    lines = [part.strip() for line in lines for part in re.split(r"&&|;", line)]
    for line in [*lines, *SPAN.findall(BLOCK.sub("", text(page)))]:
        typed = re.match(r"(?:\.venv[/\\](?:bin|Scripts)[/\\])?(muvi\b.*?)(?:\s{2,}.*)?$", line)
        if typed and not re.search(r"\b[A-Z]{2,}\b|\.\.\.", typed[1]):
            yield typed[1]


@each_page
def test_every_command_parses(page: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for command in commands(page):
        assert main([*shlex.split(command)[1:], "--help"]) == 0, f"{command}: {capsys.readouterr().err}"
        assert "Usage: muvi" in capsys.readouterr().out, command


def test_commands_are_found_where_there_are_some() -> None:
    found = {command for page in PAGES for command in commands(page)}
    assert {
        "muvi run day1 --sandbox",
        "muvi plan day1",
        "muvi state unlock",
        "muvi sandbox start --speed 10 --fault lost-answer=5%",
    } <= found


# Words


AMERICAN = re.compile(
    r"\b(behavior|color|favorite|honor|neighbor|center|catalog|dialog|gray|fulfill|judgment|labeled|modeled|canceled"
    r"|canceling|traveled|analyze|organize|recognize|initialize|serialize|customize|summarize|minimize|optimize"
    r"|defense|license)(s|d|ing)?\b",
    re.IGNORECASE,
)
SELLING = re.compile(
    r"\b(blazing|seamless|powerful|robust|effortless|cutting-edge|state-of-the-art|simply)(ly)?\b", re.I
)


@each_page
def test_it_is_spelt_as_in_britain_and_sells_nothing(page: Path) -> None:
    assert [found[0] for found in AMERICAN.finditer(prose(page)) if found[0] != "LICENSE"] == []
    assert [found[0] for found in SELLING.finditer(prose(page))] == []


def test_a_claim_of_speed_names_the_command_that_shows_it() -> None:
    figure = re.compile(r"\b(\d+|a hundred|ten|twice) ?(times (faster|slower)|ms|milliseconds|calls a (second|run))\b")
    for page in PAGES:
        if figure.search(prose(page)):
            assert "poe bench" in text(page), f"{page.name}: {figure.search(prose(page))}"


EMULATOR = re.compile(r"\b(moto|werkzeug|flask)\b", re.IGNORECASE)
MAY_NAME_IT = ("muvi_provision/sandbox/", "tests/", "pyproject.toml", "docs/decisions/", "LICENSE")


def test_what_is_inside_the_sandbox_stays_inside() -> None:
    outside = [path for path in files() if not path.startswith(MAY_NAME_IT)]
    assert [path for path in outside if EMULATOR.search(_content(path))] == []


# Nothing of anybody


IDENTIFIER = re.compile(
    r"\b(?:vpc|subnet|sg|sgr|rtb|rtbassoc|igw|eigw|nat|eipalloc|eipassoc|eni|acl|vpce|dopt|pl|i|vol|ami)-([0-9a-f]{17})\b"
)
REAL_DOMAINS = (
    re.compile(r"\bmuvi" + r"cinemas\.\w+", re.IGNORECASE),
    re.compile(r"-\d{8,}\.[a-z0-9-]+\.elb\.amazonaws\.com", re.IGNORECASE),
    re.compile(r"\b[de][a-z0-9]{12,13}\.cloudfront\.net", re.IGNORECASE),
    re.compile(r"\.[a-z0-9]{12}\.[a-z0-9-]+\.(rds|cache)\.amazonaws\.com", re.IGNORECASE),
)
ADDRESS = re.compile(r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])")
WELL_KNOWN = [ipaddress.ip_network(each) for each in ("8.8.0.0/16", "3.4.5.0/24")]  # nobody takes these for ours
SOMEBODYS_MACHINE = re.compile(r"/(?:wor[k]|hom[e]|Use[r]s)/[a-z]|pypi\.or[g]")


def test_no_file_names_anything_of_a_real_account() -> None:
    for path in files():
        content = _content(path)
        real = [found[0] for found in IDENTIFIER.finditer(content) if not _is_made_up(found[1])]
        assert real == [], path
        assert [found[0] for pattern in REAL_DOMAINS for found in pattern.finditer(content)] == [], path
        assert [found for found in ADDRESS.findall(content) if _is_somebodys(found)] == [], path


def test_no_file_names_a_machine_or_a_registry() -> None:
    assert {path: SOMEBODYS_MACHINE.findall(_content(path)) for path in files() if _names_a_machine(path)} == {}


def _names_a_machine(path: str) -> bool:
    return SOMEBODYS_MACHINE.search(_content(path)) is not None


def _is_made_up(digits: str) -> bool:
    return len(set(digits)) == 1 or "0123456789abcdef" in digits


def _is_somebodys(written: str) -> bool:
    try:
        address = ipaddress.IPv4Address(written)
    except ValueError:
        return False
    return address.is_global and not any(address in network for network in WELL_KNOWN)


def _content(path: str) -> str:
    return (ROOT / path).read_bytes().decode("utf-8", "replace")


# The state's format


def table(page: Path, heading: str) -> dict[str, str]:
    """The rows of the table under a heading: code in the first column -> the second."""
    section = re.split(rf"^#+ {heading}$", text(page), flags=re.MULTILINE)[1]
    section = re.split(r"^#+ ", section, maxsplit=1, flags=re.MULTILINE)[0]
    return dict(re.findall(r"^\| `([^`]+)` \| ([^|]+) \|", section, re.MULTILINE))


@pytest.mark.parametrize(
    ("heading", "kept"),
    [
        ("Header", records.Header),
        ("Record", records.Record),
        ("Deed", records.Deed),
        ("The lock", Holder),
    ],
)
def test_the_fields_of_the_state_are_all_told(heading: str, kept: type) -> None:
    told = table(DOCS / "state-format.md", heading)
    assert list(told) == [field.name for field in dataclasses.fields(kept)]


def test_the_statuses_are_all_told() -> None:
    statuses = [records.INTENDED, records.MADE, records.READY, records.DELETING]
    assert list(table(DOCS / "state-format.md", "Statuses")) == statuses


def test_the_examples_of_the_state_can_be_read() -> None:
    blocks = dict(BLOCK.findall(text(DOCS / "state-format.md")))
    contents = records.contents_of(blocks["json"].encode())
    assert contents is not None
    entry = records.entry_of(blocks[""].strip().encode())
    assert entry is not None
    after = records.applied(contents, entry)
    assert after.serial == contents.serial + 1
    assert list(after.complaints()) == []
    assert records.checkpoint(contents).decode() == blocks["json"]


def test_the_schema_is_told() -> None:
    assert f"this format: {records.SCHEMA}." in text(DOCS / "state-format.md")


# Decisions, changes, tasks, tests


def test_decisions_are_numbered_short_and_listed() -> None:
    pages = sorted(DOCS.glob("decisions/[0-9]*.md"))
    assert [page.name[:4] for page in pages] == [f"{number:04}" for number in range(1, len(pages) + 1)]
    index = text(DOCS / "decisions" / "README.md")
    for page in pages:
        title = text(page).partition("\n")[0].removeprefix("# ")
        assert f"- [{title}]({page.name})" in index
        assert re.findall(r"^## (.*)$", text(page), re.MULTILINE) == ["Context", "Decision", "Consequences"]
        assert len(text(page).splitlines()) <= 40, f"{page.name} is longer than half a page"


def test_the_changes_have_this_version() -> None:
    project = tomllib.loads(text(ROOT / "pyproject.toml"))["project"]
    assert re.search(
        rf"^## (Unreleased: )?{re.escape(project['version'])}\b", text(DOCS / "CHANGELOG.md"), re.MULTILINE
    )


def test_contributing_names_the_tasks_and_every_kind_of_test() -> None:
    written = text(ROOT / "CONTRIBUTING.md")
    tasks = tomllib.loads(text(ROOT / "pyproject.toml"))["tool"]["poe"]["tasks"]
    assert set(re.findall(r"`poe (\w+)`", written)) <= set(tasks)
    kinds = {path.split("/")[1] for path in files() if path.startswith("tests/") and path.count("/") > 1}
    assert set(re.findall(r"^\| `tests/(\w+)/` ", written, re.MULTILINE)) == kinds - {"environments"}


# The worked example


@pytest.fixture
def example(tmp_path: Path) -> Iterator[ModuleType]:
    """The module that the blocks of the page are; its class is known only as long as the test runs."""
    blocks = [block for word, block in BLOCK.findall(text(DOCS / "adding-a-resource.md")) if word == "python"]
    path = tmp_path / "worked_example.py"
    path.write_text("\n\n".join(blocks), encoding="utf-8")
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[path.stem] = importlib.util.module_from_spec(spec)
    before = dict(Declared.kinds)
    spec.loader.exec_module(module)
    yield module
    del sys.modules[path.stem]
    Declared.kinds.clear()
    Declared.kinds.update(before)


def test_the_worked_example_keeps_the_promises_of_every_resource(example: ModuleType) -> None:
    bench, shown = Bench(Cloud(speed=0)), example.EXAMPLE
    bench.stand(*shown.standing)
    used = bench.called(lambda: keeps_its_promises(shown, bench))
    assert used <= shown.resource.declared.actions
    assert set(shown.changed) == shown.resource.declared.mutable
    round_trips(shown.resource)


def test_the_worked_example_has_plan_drift_and_teardown_for_nothing(example: ModuleType, tmp_path: Path) -> None:
    one = World(tmp_path / "state", "tiny")
    before = one.cloud.snapshot()
    one.steps = (*one.steps, example.alarms)
    report = one.run()
    assert not report.errors
    assert "topic/alarms" in {record.address for record in one.site().state.records()}
    assert one.plan().is_empty
    assert one.drift().is_none
    assert not one.teardown().errors
    assert one.cloud.snapshot() == before


def test_the_worked_example_survives_a_kill_after_its_write(example: ModuleType, tmp_path: Path) -> None:
    one = World(tmp_path / "state", "tiny")
    one.steps = (example.alarms,)
    assert one.killed_at_call(one.run, 0, "after")
    assert one.run().counts.writes == 0, "what was made before the kill is found and kept"
    assert one.plan().is_empty
