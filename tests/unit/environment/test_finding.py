"""From a name to a file."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from muvi_provision.environment import find_environment
from muvi_provision.errors import EnvironmentMissing


@pytest.fixture
def shelves(tmp_path: Path) -> tuple[Path, Path]:
    mine, shipped = tmp_path / "mine", tmp_path / "shipped"
    for shelf, names in ((mine, ["uat", "trial"]), (shipped, ["uat", "prodlike"])):
        shelf.mkdir()
        for name in names:
            (shelf / f"{name}.yaml").touch()
    return mine, shipped


def test_the_first_folder_that_has_the_name_wins(shelves: tuple[Path, Path]) -> None:
    mine, shipped = shelves
    assert find_environment("uat", shelves) == mine / "uat.yaml"
    assert find_environment("prodlike", shelves) == shipped / "prodlike.yaml"


def test_a_path_is_taken_as_it_is(shelves: tuple[Path, Path], tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere.yml"
    elsewhere.touch()
    assert find_environment(str(elsewhere), shelves) == elsewhere


def test_a_path_is_not_looked_up_in_folders(shelves: tuple[Path, Path]) -> None:
    with pytest.raises(EnvironmentMissing):
        find_environment("../shipped/prodlike", shelves)


def test_a_file_beside_does_not_hide_a_name(
    shelves: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "uat").touch()
    assert find_environment("uat", shelves) == shelves[0] / "uat.yaml"


def test_an_unknown_name_lists_what_there_is_and_the_nearest(shelves: tuple[Path, Path]) -> None:
    with pytest.raises(EnvironmentMissing) as caught:
        find_environment("prodlke", shelves)
    assert caught.value.what == 'there is no environment "prodlke": did you mean "prodlike"?'
    assert caught.value.why == "there is prodlike, trial, uat"
    assert caught.value.next[0] == "muvi config validate -e prodlike"


def test_an_unknown_name_where_there_is_nothing_offers_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentMissing) as caught:
        find_environment("uat", [tmp_path / "none"])
    assert (caught.value.why, caught.value.next) == ("there is none yet", ("muvi init",))


def test_common_regions_cost_no_botocore() -> None:
    shelf = Path(__file__).parents[3]
    program = (
        "import sys; from pathlib import Path; from muvi_provision.environment import load; "
        "load(Path('runbook/environments/uat.yaml')); print('botocore' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", program], cwd=shelf, capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "False"
