"""What is counted and when somebody dies; then one kill each. ``poe peers`` tries many and prints the table."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ConnectionClosedError

from tests.peers.__main__ import chosen
from tests.peers.place import Place, Point
from tests.peers.tools import Installed, Tool, Unreadable, in_tfstate, ours
from tests.peers.trial import Undisturbed, killed, undisturbed

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")

# makes a network and one subnet each time it is run, and remembers nothing
FORGETFUL = """
import boto3, sys
ec2 = boto3.client("ec2", endpoint_url=sys.argv[1], region_name="me-central-1",
                   aws_access_key_id="sandbox", aws_secret_access_key="sandbox")
vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24")
"""


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with Place(tmp_path / "state") as one:
        yield one


@pytest.fixture
def ec2(place: Place) -> Iterator[Any]:
    client = boto3.client(
        "ec2",
        endpoint_url=place.listener.endpoint,
        region_name="me-central-1",
        aws_access_key_id="sandbox",
        aws_secret_access_key="sandbox",
        config=Config(retries={"total_max_attempts": 1}),
    )
    yield client
    client.close()


def test_points_are_spread_over_the_whole_run_and_come_again() -> None:
    points = chosen(10, 80)
    assert [(point.number - 1) // 8 for point in points] == list(range(10))
    assert points == chosen(10, 80)
    assert {point.how for point in points} == {"before", "after"}
    assert [point.number for point in chosen(3, 3)] == [1, 2, 3]


@pytest.mark.parametrize(("how", "made"), [("before", 1), ("after", 2)])
def test_death_comes_at_exactly_that_call(place: Place, ec2: Any, how: str, made: int) -> None:
    deaths: list[str] = []
    place.cloud.set(Point(2, how), lambda: deaths.append(how))
    ec2.create_vpc(CidrBlock="10.0.0.0/16")
    ec2.describe_vpcs()
    assert not deaths
    with pytest.raises(ConnectionClosedError):
        ec2.create_vpc(CidrBlock="10.1.0.0/16")
    assert place.kinds() == Counter(vpc=made)  # and not the group, table and list that AWS makes with it
    ec2.create_vpc(CidrBlock="10.2.0.0/16")
    assert deaths == [how]


def test_doubles_and_orphans_of_a_tool_that_forgets_are_counted(place: Place, tmp_path: Path) -> None:
    script = tmp_path / "forgetful.py"
    script.write_text(FORGETFUL)
    up = (sys.executable, str(script), place.listener.endpoint)
    tool = Tool("forgetful", tmp_path, os.environ, up, (sys.executable, "-c", "pass"), lambda _: set())
    one = killed(tool, place, Point(2, "after"), Undisturbed(Counter(vpc=1, subnet=1), 2))
    assert (one.again, one.twice, one.down, one.orphans, one.left) == ("", 2, "", 4, 0)


def test_a_tool_that_fails_and_cannot_read_its_state_is_found_out(place: Place, tmp_path: Path) -> None:
    def known(_: Path) -> set[str]:
        raise Unreadable

    script = tmp_path / "failing.py"
    script.write_text(
        FORGETFUL + "\nsys.exit('Error: no more\\nError: it says: api error Taken: x\\nError: and api error Taken: y')"
    )
    up = (sys.executable, str(script), place.listener.endpoint)
    one = killed(
        Tool("failing", tmp_path, os.environ, up, up, known), place, Point(1, "before"), Undisturbed(Counter(), 2)
    )
    assert (one.unreadable, one.again, one.down) == (True, "no more, Taken (2)", "no more, Taken (2)")


def test_what_the_peer_remembers(tmp_path: Path) -> None:
    state = tmp_path / "terraform.tfstate"
    whole = '{"version": 4, "resources": [{"type": "aws_vpc", "instances": [{"attributes": {"id": "vpc-1"}}]}]}'
    assert in_tfstate(tmp_path) == set()
    for said, known in (("", set()), (whole, {"vpc-1"})):
        state.write_text(said)
        assert in_tfstate(tmp_path) == known
    state.write_text(whole[:60])
    with pytest.raises(Unreadable):
        in_tfstate(tmp_path)


def test_ours_is_killed_and_leaves_nothing(tmp_path: Path) -> None:
    with Place(tmp_path / "whole") as place:
        whole = undisturbed(ours(place), place)
    assert whole.kinds["subnet"] == 6
    assert whole.kinds["nat_gateway"] == 1
    with Place(tmp_path / "killed") as place:
        one = killed(ours(place), place, Point(40, "after"), whole)
    assert (one.unreadable, one.again, one.twice, one.down, one.orphans, one.left) == (False, "", 0, "", 0, 0)


@pytest.mark.slow
def test_the_peer_is_killed_in_the_same_way(tmp_path: Path) -> None:
    """How many orphans there are is its own affair: here, that it builds all, takes it down, and dies when told to."""
    (tmp_path / "installed").mkdir()
    try:
        installed = Installed(tmp_path / "installed")
    except FileNotFoundError as missing:
        pytest.skip(str(missing))
    with Place(tmp_path / "whole") as place:
        whole = undisturbed(installed.tool(place), place)
    assert whole.kinds["subnet"] == 6
    assert whole.kinds["nat_gateway"] == 1
    with Place(tmp_path / "killed") as place:
        one = killed(installed.tool(place), place, Point(1, "after"), whole)
    assert one.tool.startswith("Terraform ")
    assert not one.unreadable
