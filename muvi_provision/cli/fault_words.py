"""The words of ``muvi sandbox start --fault``: into the settings of the sandbox's faults, and back.

A word is ``name`` or ``name=value``; settings are plain values, as ``Faults.of`` takes and ``Faults.plain`` tells them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, NoReturn

from muvi_provision.cli.options import suggestion
from muvi_provision.errors import UsageError

NONE = "none"
LONGEST_S = 300  # aws-reality 1.6: nothing is seen later than that
_ENDINGS = ("exit", "unhealthy", "error", "timeout")


def refuse(what: str) -> NoReturn:
    raise UsageError(what, where="--fault", next=("muvi sandbox start --help",))


@dataclass(frozen=True)
class Word:
    """One setting: how its value is read, and how it is written, which may take several words."""

    setting: str
    example: str
    read: Callable[[str], Any]
    write: Callable[[Any], list[str]] = lambda value: [f"{value:g}"]


def _matched(pattern: str, value: str) -> re.Match[str]:
    """Raises ValueError, which ``_read`` turns into what the example says."""
    found = re.fullmatch(pattern, value)
    if found is None:
        raise ValueError(value)
    return found


def _count(value: str) -> int:
    return int(_matched(r"[0-9]{1,9}", value)[0])


def _milliseconds(value: str) -> float:
    found = _matched(r"([0-9]{1,6}(?:\.[0-9]+)?)(ms|s)", value)
    return float(found[1]) * (1000 if found[2] == "s" else 1)


def _seconds(value: str) -> float:
    seconds = float(_matched(r"[0-9]{1,4}(\.[0-9]+)?", value)[0])
    return seconds if seconds <= LONGEST_S else refuse(f"nothing is unseen for longer than {LONGEST_S} s")


def _ordinals(value: str) -> list[int]:
    return sorted({int(_matched("[1-9][0-9]{0,8}", one)[0]) for one in value.split(",")})


def _share(value: str) -> float:
    share = float(_matched(r"([0-9]{1,3}(?:\.[0-9]+)?)%", value)[1]) / 100
    return share if share <= 1 else refuse(f"{value} is more than all of them")


def _rate(value: str) -> dict[str, list[float]]:
    found = _matched(r"(?:([a-z0-9*-]+):)?([0-9.]{1,9})/([0-9]{1,9})", value)
    service = found[1] or "*"
    if service != "*":
        _known(service, _services(), "service")
    return {service: [float(found[2]), int(found[3])]}


def _operations(value: str) -> list[str]:
    for one in value.split(","):
        found = _matched(r"([a-z0-9-]+):(\w+)", one)
        _known(found[1], _services(), "service")
        _known(found[2], _operations_of(found[1]), f"operation of {found[1]}")
    return value.split(",")


def _kinds(value: str, *, failing: bool = False) -> list[str]:
    from muvi_provision.sandbox.effects import registry
    from muvi_provision.sandbox.lifecycles import TABLE
    from muvi_provision.sandbox.process import check_installed

    check_installed()
    registry.load()
    slow = sorted(kind for kind, cycle in TABLE.items() if cycle.make_s and (cycle.fails or not failing))
    for one in value.split(","):
        _known(one, slow, "kind that may fail" if failing else "slow kind", tell=True)
    return value.split(",")


def _endings(value: str) -> dict[str, str]:
    found = _matched(r"(\S+)/(\w+)", value)
    if not found[1].startswith("target:"):
        _known(found[2], _ENDINGS, "such end", tell=True)
    return {found[1]: found[2]}


def _services() -> list[str]:
    import botocore.session

    return list(botocore.session.get_session().get_available_services())


def _operations_of(service: str) -> list[str]:
    import botocore.session

    return list(botocore.session.get_session().get_service_model(service).operation_names)


def _known(word: str, among: Collection[str], what: str, *, tell: bool = False) -> None:
    """Raises UsageError with the nearest one; ``tell``: or with all of them."""
    if word not in among:
        refuse(f"there is no {what} {word}{suggestion(word, among) or (f'; there are {_list(among)}' if tell else '')}")


def _list(words: Iterable[Any]) -> str:
    return ", ".join(map(str, words))


def _joined(values: Iterable[Any]) -> list[str]:
    return [",".join(map(str, values))]


def _rates(rates: Mapping[str, tuple[float, int]]) -> list[str]:
    return [f"{service}:{rate:g}/{burst}" for service, (rate, burst) in sorted(rates.items())]


def _percent(share: float) -> list[str]:
    return [f"{share * 100:g}%"]


WORDS = {
    "latency": Word("latency_ms", "50ms", _milliseconds, lambda value: [f"{value:g}ms"]),
    "throttle": Word("throttle", "ec2:10/30", _rate, _rates),
    "error-before": Word("error_before", "5,9", _ordinals, _joined),
    "lost-answer": Word("lost_answer", "5,9", _ordinals, _joined),
    "cut": Word("cut", "", lambda value: _matched("", value) is not None, lambda value: [""] if value else []),
    "time-out": Word("time_out", "5,9", _ordinals, _joined),
    "deny": Word("deny", "ec2:CreateVpc", _operations, _joined),
    "expire-after": Word("expire_credentials_after", "120", _count),
    "never-ready": Word("never_ready", "nat_gateway", _kinds, _joined),
    "fails": Word("fail_ready", "db_cluster", partial(_kinds, failing=True), _joined),
    "unseen-reads": Word("unseen_reads", "3", _count),
    "unseen-seconds": Word("unseen_seconds", "10", _seconds),
    "crash": Word(
        "crash", "uat-menu/exit", _endings, lambda ends: [f"{what}/{how}" for what, how in sorted(ends.items())]
    ),
    "seed": Word("seed", "7", _count),
}
SHARES = {
    name: Word(f"{WORDS[name].setting}_chance", "3%", _share, _percent)
    for name in ("error-before", "lost-answer", "time-out")
}
"""What these words mean when a share is said and not which calls."""


def settings(said: Iterable[str]) -> dict[str, Any]:
    """All words of a command line as settings; ``none`` alone is no faults at all. Raises UsageError."""
    words, found = list(said), dict[str, Any]()
    if NONE in words:
        return {} if set(words) == {NONE} else refuse(f"{NONE} takes all faults away, so it stands alone")
    for text in words:
        word, value = _read(text)
        before = found.get(word.setting)
        found[word.setting] = _added(before, value) if before is not None else value
    if found.get("cut") and not {"lost_answer", "lost_answer_chance"} & set(found):
        refuse("cut is how an answer is lost: say which ones, such as lost-answer=3%")
    return found


def _read(text: str) -> tuple[Word, Any]:
    name, _, value = text.partition("=")
    if name not in WORDS:
        refuse(f"there is no fault {name}{suggestion(name, WORDS) or f'; there are {_list(WORDS)}'}")
    word = SHARES[name] if value.endswith("%") and name in SHARES else WORDS[name]
    try:
        return word, word.read(value)
    except ValueError:
        refuse(f'"{text}" is not of the form {_example(name)}')


def _example(name: str) -> str:
    shown = [f"{name}={word[name].example}" for word in (WORDS, SHARES) if name in word]
    return " or ".join(shown) if WORDS[name].example else name


def _added(before: Any, value: Any) -> Any:
    """Several of one word: all of them, or of single values the last."""
    if isinstance(before, list):
        return sorted({*before, *value})
    return before | value if isinstance(before, dict) else value


def words(said: Mapping[str, Any]) -> list[str]:
    """The settings as words, which say the same again."""
    told: list[str] = []
    for name, by_number in WORDS.items():
        for word in (by_number, SHARES.get(name)):
            values = word.write(said[word.setting]) if word and word.setting in said else []
            told += [f"{name}={value}" if value else name for value in values]
    return told
