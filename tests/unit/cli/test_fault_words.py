"""The words of ``--fault``, there and back."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muvi_provision.cli.commands.sandbox import FAULTS
from muvi_provision.cli.fault_words import SHARES, WORDS, settings, words
from muvi_provision.errors import UsageError
from muvi_provision.sandbox.faults import Faults

ALL = (
    *("latency=50ms", "throttle=*:4/5", "throttle=ec2:10/30", "error-before=5,9", "error-before=1.5%"),
    *("lost-answer=2", "lost-answer=3%", "cut", "time-out=7", "time-out=2%", "deny=ec2:CreateVpc,s3:PutBucketPolicy"),
    *("expire-after=120", "never-ready=nat_gateway,vpc", "fails=db_cluster", "unseen-reads=3", "unseen-seconds=10"),
    *("crash=function:uat-x/timeout", "crash=uat/menu:1/exit", "seed=7"),
)


def test_every_word_means_a_setting() -> None:
    assert Faults.of(settings(ALL)) == Faults(
        latency_ms=50,
        throttle={"ec2": (10, 30), "*": (4, 5)},
        error_before=frozenset({5, 9}),
        error_before_chance=0.015,
        lost_answer=frozenset({2}),
        lost_answer_chance=0.03,
        cut=True,
        time_out=frozenset({7}),
        time_out_chance=0.02,
        deny=frozenset({"ec2:CreateVpc", "s3:PutBucketPolicy"}),
        expire_credentials_after=120,
        never_ready=frozenset({"nat_gateway", "vpc"}),
        fail_ready=frozenset({"db_cluster"}),
        unseen_reads=3,
        unseen_seconds=10,
        crash={"uat/menu:1": "exit", "function:uat-x": "timeout"},
        seed=7,
    )
    assert {one.setting for one in (*WORDS.values(), *SHARES.values())} == set(Faults.__dataclass_fields__)


def test_and_back() -> None:
    plain = json.loads(json.dumps(Faults.of(settings(ALL)).plain()))
    assert sorted(words(plain)) == sorted(ALL)
    assert words(Faults().plain()) == []
    assert Faults.of(settings(words(plain))) == Faults.of(plain)


@given(st.sets(st.integers(1, 10_000), min_size=1), st.integers(0, 1000), st.floats(0, 300))
def test_numbers_there_and_back(ordinals: set[int], per_thousand: int, seconds: float) -> None:
    plain = {"time_out": sorted(ordinals), "time_out_chance": per_thousand / 1000, "unseen_seconds": round(seconds, 2)}
    again = settings(words(plain))
    assert again["time_out"] == plain["time_out"]
    assert again["time_out_chance"] == pytest.approx(plain["time_out_chance"])
    assert again["unseen_seconds"] == pytest.approx(plain["unseen_seconds"])


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (["latency=50ms", "latency=2s"], {"latency_ms": 2000}),
        (["throttle=10/30"], {"throttle": {"*": [10, 30]}}),
        (["deny=ec2:CreateVpc", "deny=ec2:CreateSubnet"], {"deny": ["ec2:CreateSubnet", "ec2:CreateVpc"]}),
        (["time-out=9,5", "time-out=7"], {"time_out": [5, 7, 9]}),
        (["none"], {}),
        (["none", "none"], {}),
    ],
)
def test_words_that_come_again(said: list[str], expected: dict[str, object]) -> None:
    assert settings(said) == expected


@pytest.mark.parametrize(
    ("said", "what"),
    [
        ("trottle=ec2:1/2", 'no fault trottle: did you mean "throttle"'),
        ("zzz", "there are latency, throttle"),
        ("latency=50", '"latency=50" is not of the form latency=50ms'),
        ("latency", "latency=50ms"),
        ("throttle=ec2", "throttle=ec2:10/30"),
        ("throttle=ec2:1..2/3", "throttle=ec2:10/30"),
        ("throttle=lambada:1/2", 'no service lambada: did you mean "lambda"'),
        ("error-before=0", "error-before=5,9 or error-before=3%"),
        ("lost-answer=200%", "more than all"),
        ("latency=3%", "latency=50ms"),
        ("cut=1", '"cut=1" is not of the form cut'),
        ("cut", "lost-answer=3%"),
        ("deny=CreateVpc", "deny=ec2:CreateVpc"),
        ("deny=ec2:CreateVPC", 'no operation of ec2 CreateVPC: did you mean "CreateVpc"'),
        ("never-ready=nat_gatway", 'no slow kind nat_gatway: did you mean "nat_gateway"'),
        ("never-ready=elastic_ip", "there are certificate"),
        ("fails=certificate", "no kind that may fail certificate"),
        ("fails=distribution", "no kind that may fail distribution"),
        ("expire-after=soon", "expire-after=120"),
        ("unseen-seconds=301", "longer than 300 s"),
        ("crash=uat-menu/explode", "there are exit, unhealthy"),
    ],
)
def test_words_that_are_none(said: str, what: str) -> None:
    with pytest.raises(UsageError) as caught:
        settings([said])
    assert what in caught.value.what
    assert caught.value.where == "--fault"
    assert caught.value.next == ("muvi sandbox start --help",)


def test_none_stands_alone() -> None:
    with pytest.raises(UsageError, match="stands alone"):
        settings(["none", "seed=1"])


def test_the_help_has_every_word() -> None:
    assert [name for name in (*WORDS, "none") if name not in FAULTS] == []


def test_the_words_load_nothing_heavy() -> None:
    code = "import sys, muvi_provision.cli.commands.sandbox; from muvi_provision.cli import fault_words; "
    code += "print({'botocore', 'boto3', 'moto', 'muvi_provision.sandbox'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
