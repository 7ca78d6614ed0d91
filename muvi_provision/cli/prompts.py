"""Questions: only to a person who is there, and every one has an option that answers it."""

from __future__ import annotations

import sys
from collections.abc import Callable

from muvi_provision.cli.invocation import Invocation
from muvi_provision.errors import AnswerMissing, Declined

YES = ("y", "yes")
NO = ("n", "no", "q", "quit")


def confirm(call: Invocation, question: str) -> None:
    """A mild question, y or N. Raises Declined for no, AnswerMissing (naming ``--yes``) when nobody is there."""
    if call.options.yes:
        return
    if not call.can_ask():
        raise AnswerMissing(
            question, why="the input or stderr is not a terminal, or --no-input", next=(f"{call.command_line} --yes",)
        )
    if _answer(call, f"{question} [y/N] ").lower() not in YES:
        raise Declined("answered no", next=(call.command_line,))


def confirm_by_name(call: Invocation, question: str, name: str, given: str | None) -> None:
    """A severe question: the environment's name, typed or given by ``--confirm``. ``--yes`` is not enough.

    Raises Declined for another name, AnswerMissing when nobody is there.
    """
    refuse_unnamed(call, question, name, given)
    if given is None and (typed := _answer(call, f"{question}\nType {name} to go on: ")) != name:
        raise Declined(f'"{typed}" is not "{name}"', next=(call.command_line,))


def refuse_unnamed(call: Invocation, question: str, name: str, given: str | None) -> None:
    """Raises what ``confirm_by_name`` would raise without asking, for a look before anything is done."""
    if given is None and not call.can_ask():
        raise AnswerMissing(
            question,
            why="this cannot be undone, so it wants the environment's name: --confirm NAME",
            next=(f"{call.command_line} --confirm {name}",),
        )
    if given not in (None, name):
        raise Declined(f'"{given}" is not "{name}"', next=(_unconfirmed(call),))


def _unconfirmed(call: Invocation) -> str:
    """The command line without ``--confirm``, so that the name is thought of again."""
    words = list(call.words)
    if "--confirm" in words:
        at = words.index("--confirm")
        del words[at : at + 2]
    return " ".join(["muvi", *(word for word in words if not word.startswith("--confirm="))])


def go_on(call: Invocation, question: str) -> bool:
    """Enter, y or yes to go on; n, no, q or quit to stop; asked again for anything else."""
    while (answer := _answer(call, f"{question} [enter = go on, q = stop] ").lower()) not in ("", *YES, *NO):
        call.say(f'  "{answer}" is neither: enter or y goes on, n or q stops')
    return answer not in NO


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
        raise Declined("the input ended without an answer", next=(call.command_line,))
    return line.strip()
