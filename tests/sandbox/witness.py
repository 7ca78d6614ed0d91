"""Which rules were seen to refuse something and to let something pass: ``python -m tests.sandbox.witness``.

Every process of the tests writes down what it saw; this reads all of it after they ended, names the rules for which
there is no witness, and fails when there are any. A rule that several operations share needs one of them. What earlier
tests saw is forgotten with ``--forget``.
"""

from __future__ import annotations

import functools
import json
import os
import sys
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from muvi_provision.sandbox.rules import registry

SEEN = Path(__file__).parents[2] / ".pytest_cache" / "rules"
Named = tuple[str, str, str]  # service, code, sentence
Seen = dict[Named, set[str]]  # "refused", "passed"


def watch() -> Seen:
    """From now on this process notices what its rules say."""
    seen: Seen = defaultdict(set)
    registry.rules()
    for tests in registry._TESTS.values():
        tests[:] = [(rule, _noticing(seen, _named(rule), test), status) for rule, test, status in tests]
    return seen


def _noticing(seen: Seen, named: Named, test: Callable[..., str | None]) -> Callable[..., str | None]:
    @functools.wraps(test)
    def noticing(*said: Any) -> str | None:
        message = test(*said)
        seen[named].add("passed" if message is None else "refused")
        return message

    return noticing


def _named(rule: registry.Rule) -> Named:
    return rule.service, rule.code, rule.sentence


def write(seen: Mapping[Named, set[str]]) -> None:
    SEEN.mkdir(parents=True, exist_ok=True)
    said = [[*named, sorted(how)] for named, how in sorted(seen.items())]
    (SEEN / f"{os.getpid()}.json").write_text(json.dumps(said))


def unseen(seen: Mapping[Named, set[str]]) -> list[str]:
    """A line for each rule that is not proved both ways."""
    rules = dict.fromkeys(_named(rule) for rule in registry.rules())
    missing = {rule: {"refused", "passed"} - set(seen.get(rule, ())) for rule in rules}
    return [f"{' | '.join(rule)}: never {' and never '.join(sorted(how))}" for rule, how in missing.items() if how]


def collected() -> Seen:
    """What all processes wrote, which is then forgotten."""
    seen: Seen = defaultdict(set)
    for file in SEEN.glob("*.json"):
        for service, code, sentence, how in json.loads(file.read_text()):
            seen[service, code, sentence] |= set(how)
        file.unlink()
    return seen


def main(words: Sequence[str]) -> int:
    if "--forget" in words:
        collected()
        return 0
    lines, count = unseen(collected()), len({_named(rule) for rule in registry.rules()})
    print("\n".join(lines) or f"each of {count} rules was seen to refuse and to let pass")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
