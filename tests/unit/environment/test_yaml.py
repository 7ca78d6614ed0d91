"""What is wrong with the YAML itself, and the YAML that is right though unusual."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from muvi_provision.environment import Environment, load
from muvi_provision.environment.document import Position, read
from muvi_provision.errors import EnvironmentInvalid

Complaints = Callable[[str], tuple[str, ...]]


@pytest.mark.parametrize(
    ("text", "place", "phrase"),
    [
        ("name: uat\nnetwork:\n\trange: x\n", "3:1", "a tab stands where YAML takes only spaces"),
        ("name: uat\n  region: x\n", "2:9", "a colon is not expected here"),
        ("network:\n    zones: [a]\n  app: [b]\n", "3:3", "does not line up"),
        ("name: uat\nregion\ndomain: x\n", "3:1", "a colon is missing after this key"),
        ("name: [a, b\n", "2:1", "not valid YAML: expected ',' or ']'"),
        ('name: "uat\n', "2:1", "not valid YAML"),
        ("name: *other\n", "1:7", "not valid YAML: found undefined alias"),
        ("name: a\n---\nname: b\n", "2:1", "not valid YAML"),
        ("", "1:1", "the file holds no keys"),
        ("# only a comment\n", "1:1", "the file holds no keys"),
        ("- a\n- b\n", "1:1", "the file holds no keys"),
        ("name: a\nregion: \x07\n", "2:9", "a character that cannot be printed"),
        ("[" * 900, "1:1", "nested too deeply"),
    ],
)
def test_yaml_that_cannot_be_read_is_one_complaint(text: str, place: str, phrase: str, complaints: Complaints) -> None:
    (found,) = complaints(text)
    assert found.startswith(f"{place}: ")
    assert phrase in found


def test_bytes_that_are_not_utf8_have_a_place(tmp_path: Path) -> None:
    path = tmp_path / "latin.yaml"
    path.write_bytes("name: uat\ndomain: café\n".encode("latin-1"))
    with pytest.raises(EnvironmentInvalid) as caught:
        load(path)
    assert caught.value.complaints == (f"{path}:2:12: this character is not UTF-8: save it as UTF-8",)


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(tmp_path: Path, valid: str) -> None:
    path = tmp_path / "windows.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + valid.replace("\n", "\r\n").encode())
    assert load(path).name == "uat"
    path.write_bytes(path.read_bytes().replace(b"[a, b]", b"[a, 3]"))
    with pytest.raises(EnvironmentInvalid) as caught:
        load(path)
    assert caught.value.complaints[0].startswith(f"{path}:12:14: ")


def test_anchors_and_merges_are_understood(valid: str, loaded: Callable[[str], Environment]) -> None:
    text = valid.replace(
        "listener: 5002, protocol: grpc, cpu: 512, memory: 1024}", "<<: *size, listener: 5002, protocol: grpc}"
    )
    text = text.replace("name: uat\n", "name: uat\ncertificates: &years {authority_years: 5}\n").replace(
        "certificates: {leaf_days: 365, renew_days_before: 30}\n", ""
    )
    text = text.replace("{port: 3001,", "&size {port: 3001, cpu: 1024, memory: 2048,")
    environment = loaded(text)
    assert environment.services["main"].cpu == 1024
    assert environment.services["main"].port == 5002
    assert environment.services["main"].health == "/heartbeat"
    assert environment.certificates.authority_years == 5


def test_a_mistake_behind_an_alias_is_told_once_where_it_was_written(valid: str, complaints: Complaints) -> None:
    text = valid.replace("[main, functions]}", "&them [mian]}").replace(
        "{used_by: [main], purpose: seats}", "{used_by: *them}"
    )
    assert complaints(text) == ('26:26: there is no service "mian": did you mean "main"?',)


def test_a_group_met_again_through_an_alias_is_not_judged_again(valid: str, complaints: Complaints) -> None:
    text = valid.replace("{used_by: [main, functions]}", "&m {used_by: [main], used_by: [functions]}\n  other: *m")
    assert complaints(text) == ('26:30: "used_by" is here twice: the first is on line 26',)


def test_a_list_that_holds_itself_ends(valid: str, complaints: Complaints) -> None:
    found = complaints(valid.replace("proxies: [main]", "proxies: &me [*me]"))
    assert found == ("27:10: this refers to itself",)


def test_a_merge_of_nothing_mergeable_is_a_complaint(valid: str, complaints: Complaints) -> None:
    (found,) = complaints(valid.replace("{leaf_days: 365,", "{<<: 3, leaf_days: 365,"))
    assert found.startswith("18:15: this is not valid YAML")


def test_keys_are_words_even_where_yaml_sees_an_answer(valid: str, loaded: Callable[[str], Environment]) -> None:
    assert "on" in loaded(valid.replace("databases:\n", "databases:\n  on: {used_by: []}\n")).databases


def test_a_complaint_stays_on_one_line(valid: str, complaints: Complaints) -> None:
    (found,) = complaints(valid.replace("name: uat", 'name: "a\\nb\\e[31mé"'))
    assert found.startswith('1:7: "a\\nb\\x1b[31mé" is not a name')


def test_positions_of_a_document() -> None:
    document = read(b"a:\n  - x\n  - {b: 1}\n")
    assert document.position(("a", 1, "b")) == Position(3, 9)
    assert document.key_position(("a", 1, "b")) == Position(3, 6)
    assert document.position(("a", "none")) == Position(1, 1)
    assert document.values == {"a": ("x", {"b": 1})}
