"""Reads are shared, but never one that began before the write of who asks."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from muvi_provision.aws.inventory import Inventory


class Source:
    """Counts how often it was asked; may hold its answer back."""

    def __init__(self) -> None:
        self.asked = 0
        self.gate = threading.Event()
        self.gate.set()
        self.begun = threading.Event()

    def __call__(self) -> int:
        self.asked += 1
        self.begun.set()
        assert self.gate.wait(30)
        return self.asked


@pytest.fixture
def inventory() -> Inventory:
    return Inventory()


@pytest.fixture
def source() -> Source:
    return Source()


def test_moments_only_grow(inventory: Inventory) -> None:
    moments = [inventory.moment() for _ in range(5)]
    assert moments == sorted(set(moments))


def test_all_share_one_call(inventory: Inventory, source: Source) -> None:
    assert {inventory.get("vpcs", 0, source) for _ in range(5)} == {1}
    assert inventory.get("subnets", 0, source) == 2


def test_threads_that_ask_at_once_share_one_call(inventory: Inventory, source: Source) -> None:
    source.gate.clear()
    with ThreadPoolExecutor(8) as pool:
        answers = [pool.submit(inventory.get, "vpcs", 0, source) for _ in range(8)]
        assert source.begun.wait(30)
        source.gate.set()
        assert {answer.result() for answer in answers} == {1}


def test_different_questions_do_not_wait_for_one_another(inventory: Inventory, source: Source) -> None:
    source.gate.clear()
    with ThreadPoolExecutor(2) as pool:
        slow = pool.submit(inventory.get, "vpcs", 0, source)
        assert source.begun.wait(30)
        assert inventory.get("subnets", 0, lambda: "quick") == "quick"
        source.gate.set()
        assert slow.result() == 1


def test_who_has_written_gets_a_newer_answer(inventory: Inventory, source: Source) -> None:
    assert inventory.get("vpcs", 0, source) == 1
    written = inventory.moment()
    assert inventory.get("vpcs", 0, source) == 1, "the others go on sharing the older one"
    assert inventory.get("vpcs", written, source) == 2
    assert inventory.get("vpcs", written, source) == 2
    assert inventory.get("vpcs", 0, source) == 2


def test_an_answer_under_way_when_it_was_written_is_too_old(inventory: Inventory, source: Source) -> None:
    """It began before the write, so it may not show it."""
    source.gate.clear()
    with ThreadPoolExecutor(2) as pool:
        reading = pool.submit(inventory.get, "vpcs", 0, source)
        assert source.begun.wait(30)
        written = inventory.moment()
        asking = pool.submit(inventory.get, "vpcs", written, source)
        source.gate.set()
        assert reading.result() == 1
        assert asking.result() == 2


def test_errors_are_not_kept(inventory: Inventory, source: Source) -> None:
    def fail() -> None:
        raise ValueError("throttled")

    for _ in range(2):
        with pytest.raises(ValueError, match="throttled"):
            inventory.get("vpcs", 0, fail)
    assert inventory.get("vpcs", 0, source) == 1


def test_an_error_leaves_the_older_answer_to_the_others(inventory: Inventory, source: Source) -> None:
    inventory.get("vpcs", 0, source)
    written = inventory.moment()

    def fail() -> None:
        raise ValueError

    with pytest.raises(ValueError):
        inventory.get("vpcs", written, fail)
    assert inventory.get("vpcs", 0, source) == 1
    assert inventory.get("vpcs", written, source) == 2


def test_an_empty_answer_is_an_answer(inventory: Inventory) -> None:
    asked = []
    for _ in range(2):
        assert inventory.get("vpcs", 0, lambda: asked.append(1)) is None
    assert asked == [1]
