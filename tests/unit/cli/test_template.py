"""A new environment file keeps the template's comments, and its network moves as a whole."""

from __future__ import annotations

import ipaddress
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from muvi_provision import runbook
from muvi_provision.cli import template
from muvi_provision.cli.template import Answers
from muvi_provision.environment import load

FOLDER = runbook.pages() / "environments"


@pytest.mark.parametrize("like", ["uat", "prodlike"])
def test_what_is_made_is_valid_and_says_what_was_answered(like: str, tmp_path: Path) -> None:
    text = template.read(like, FOLDER)
    answers = Answers("demo", "eu-central-1", "demo.example.org", "10.99.0.0/16", "012345678901")
    made = template.filled(text, answers)
    (tmp_path / "demo.yaml").write_text(made, encoding="utf-8")
    environment = load(tmp_path / "demo.yaml")
    assert (environment.name, environment.region, environment.account) == ("demo", "eu-central-1", "012345678901")
    assert environment.domain == "demo.example.org"
    assert all(
        ipaddress.ip_network(each.cidr).subnet_of(ipaddress.ip_network("10.99.0.0/16")) for each in environment.subnets
    )
    assert made.count("#") >= text.count("#") - 1


def test_the_template_itself_when_nothing_differs() -> None:
    text = template.read("uat", FOLDER)
    same = Answers("uat", *(template.value(text, key) for key in ("region", "domain", "range")))
    assert template.filled(text, same) == text


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 255).filter(lambda n: n not in (230, 240)))
def test_only_our_network_moves(second: int) -> None:
    text = template.read("uat", FOLDER)
    made = yaml.safe_load(template.filled(text, Answers("x", "eu-central-1", "x.org", f"10.{second}.0.0/16")))
    before = yaml.safe_load(text)
    assert made["production"] == before["production"]
    assert made["network"]["app"] == [each.replace("10.240.", f"10.{second}.") for each in before["network"]["app"]]
    assert made["services"] == before["services"]
