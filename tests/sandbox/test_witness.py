"""The witness names the rules that no test saw refuse, or saw let something pass."""

from __future__ import annotations

from pathlib import Path

import pytest

from muvi_provision.sandbox.rules import registry
from tests.sandbox import witness

RULES = [witness._named(rule) for rule in registry.rules()]


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What these tests make up is not what the others saw."""
    monkeypatch.setattr(witness, "SEEN", tmp_path / "rules")


def test_all_of_them_were_seen(capsys: pytest.CaptureFixture[str]) -> None:
    witness.write({rule: {"refused", "passed"} for rule in RULES})
    assert witness.main([]) == 0
    assert f"each of {len(set(RULES))} rules" in capsys.readouterr().out


def test_one_that_never_refused_and_one_that_nobody_asked(capsys: pytest.CaptureFixture[str]) -> None:
    first, second = list(dict.fromkeys(RULES))[:2]
    witness.write({rule: {"refused", "passed"} for rule in RULES if rule != second} | {first: {"passed"}})
    assert witness.main([]) == 1
    said = capsys.readouterr().out.splitlines()
    assert said == [
        f"{' | '.join(first)}: never refused",
        f"{' | '.join(second)}: never passed and never refused",
    ]


def test_what_earlier_tests_saw_is_forgotten() -> None:
    witness.write({rule: {"refused", "passed"} for rule in RULES})
    assert witness.main(["--forget"]) == 0
    assert not witness.collected()
    assert witness.main([]) == 1
