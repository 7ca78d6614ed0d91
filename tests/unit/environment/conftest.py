"""A small valid environment, and a way to break it in one place and say where the complaint belongs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from muvi_provision.environment import Environment, load
from muvi_provision.errors import EnvironmentInvalid

VALID = """\
name: uat
region: me-central-1
domain: uat.cinema.example
internal_domain: uat.microservices.internal
account: "111122223333"
production:
  accounts: ["444455556666"]
  names: ["*prod*"]
  ranges: [10.230.0.0/16]
network:
  range: 10.240.0.0/16
  zones: [a, b]
  nat_gateways: 1
  public: [10.240.1.0/24, 10.240.2.0/24]
  app: [10.240.4.0/24, 10.240.5.0/24]
  private: [10.240.7.0/24, 10.240.8.0/24]
security_groups: {databases: shared}
certificates: {leaf_days: 365, renew_days_before: 30}
load_balancers:
  api: {scheme: internet-facing}
  internal: {scheme: internal}
services:
  gateway: {port: 3001, load_balancer: api, listener: 80, health: /heartbeat, calls: [main]}
  main: {port: 5002, load_balancer: internal, listener: 5002, protocol: grpc, cpu: 512, memory: 1024}
databases:
  main: {used_by: [main, functions]}
proxies: [main]
caches:
  main: {used_by: [main], purpose: seats}
"""

MARK = "§"
"""Stands in a test's text where the complaint is expected, and is taken out before the file is written."""


@pytest.fixture
def written(tmp_path: Path) -> Callable[[str], Path]:
    def write(text: str) -> Path:
        path = tmp_path / "trial.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.fixture
def loaded(written: Callable[[str], Path]) -> Callable[[str], Environment]:
    return lambda text: load(written(text))


@pytest.fixture
def complaints(written: Callable[[str], Path]) -> Callable[[str], tuple[str, ...]]:
    """The complaints about a text, without the file's name: ``12:3: text``."""

    def gather(text: str) -> tuple[str, ...]:
        path = written(text)
        with pytest.raises(EnvironmentInvalid) as caught:
            load(path)
        assert all(line.startswith(f"{path}:") for line in caught.value.complaints)
        return tuple(line.removeprefix(f"{path}:") for line in caught.value.complaints)

    return gather


@pytest.fixture
def valid() -> str:
    return VALID


@pytest.fixture
def broken() -> Callable[[str, str], tuple[str, str]]:
    """The valid file with ``right`` replaced by ``wrong``, and ``line:column`` of the mark in ``wrong``."""

    def breaking(right: str, wrong: str) -> tuple[str, str]:
        assert VALID.count(right) == 1, f"{right!r} must stand in the valid file exactly once"
        before, mark, after = VALID.replace(right, wrong).partition(MARK)
        assert mark, "the test must say where the complaint belongs"
        lines = before.split("\n")
        return before + after, f"{len(lines)}:{len(lines[-1]) + 1}"

    return breaking
