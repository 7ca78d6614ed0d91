"""Questions: only to a person who is there, and every one has an option that answers it."""

from __future__ import annotations

import sys
from collections.abc import Callable

from muvi_provision.cli.invocation import Invocation
from muvi_provision.errors import AnswerMissing, Declined

YES = ("y", "yes")


def confirm(call: Invocation, question: str) -> None:
    """A mild question, y or N. Raises Declined for no, AnswerMissing (naming ``--yes``) when nobody is there."""
    if call.options.yes:
        return
    if not call.can_ask():
        raise AnswerMissing(
            question, why="the input or stderr is not a terminal, or --no-input", next=(f"{call.command_line} --yes",)
        )
    if _answer(call, f"{question} [y/N] ").lower() not in YES:
        raise Declined("answered no")


def confirm_by_name(call: Invocation, question: str, name: str, given: str | None) -> None:
    """A severe question: the environment's name, typed or given by ``--confirm``. ``--yes`` is not enough.

    Raises Declined for another name, AnswerMissing when nobody is there.
    """
    refuse_unnamed(call, question, name, given)
    if given is None and (typed := _answer(call, f"{question}\nType the environment's name to go on: ")) != name:
        raise Declined(f'"{typed}" is not "{name}"')


def refuse_unnamed(call: Invocation, question: str, name: str, given: str | None) -> None:
    """Raises what ``confirm_by_name`` would raise without asking, for a look before anything is done."""
    if given is None and not call.can_ask():
        raise AnswerMissing(
            question,
            why="this cannot be undone, so it wants the environment's name: --confirm NAME",
            next=(f"{call.command_line} --confirm {name}",),
        )
    if given not in (None, name):
        raise Declined(f'"{given}" is not "{name}"')


def go_on(call: Invocation, question: str) -> bool:
    """Enter to go on, q to stop."""
    return not _answer(call, f"{question} [enter = go on, q = stop] ").lower().startswith("q")


def ask(call: Invocation, question: str, default: str, check: Callable[[str], str | None]) -> str:
    """A word, asked again until ``check`` has no complaint; an empty answer is the default."""
    while True:
        answer = _answer(call, f"{question}{f' [{default}]' if default else ''}: ") or default
        complaint = check(answer)
        if complaint is None:
            return answer
        call.say(f"  {complaint}")


def _answer(call: Invocation, question: str) -> str:
    """One line from the terminal. Raises Declined when it is closed."""
    print(question, end="", file=call.err, flush=True)
    line = sys.stdin.readline()
    if not line:
        print(file=call.err)
        raise Declined("the input ended without an answer")
    return line.strip()
