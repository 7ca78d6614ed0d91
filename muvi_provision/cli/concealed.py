"""A question whose answer the terminal does not show."""

from __future__ import annotations

import contextlib
import io
import sys
from collections.abc import Iterator

from muvi_provision.cli.invocation import Invocation
from muvi_provision.errors import Declined, UsageError

LONGEST = 4095  # characters a terminal takes as one line; it drops the rest without a word


def ask_twice(call: Invocation, question: str, again: str, instead: tuple[str, ...]) -> str:
    """What was typed the same twice. ``instead``: commands that need no terminal. Raises UsageError, Declined."""
    first = _hidden(call, question, instead)
    if first and _hidden(call, again, instead) != first:
        why = "a value of several lines, or with something unseen in it, is better taken from a file"
        raise UsageError("the two are not the same", why=why, next=instead)
    return first


def _hidden(call: Invocation, question: str, instead: tuple[str, ...]) -> str:
    try:
        with _silent(instead):
            # only now: what is typed after the question must not be seen, nor lost
            print(question, end="", file=call.err, flush=True)
            line = _line()
    finally:
        print(file=call.err, flush=True)
    if not line:
        raise Declined("the input ended without an answer", next=(call.command_line,))
    text = line.rstrip("\r\n")
    if len(text) >= LONGEST:
        why = f"a terminal takes at most {LONGEST} characters at a time and drops the rest"
        raise UsageError("this is too long to be typed", why=why, next=instead)
    return text


def _line() -> str:
    if sys.platform == "win32" and sys.stdin is sys.__stdin__:
        import getpass

        return getpass.win_getpass("", sys.stderr) + "\n"
    return sys.stdin.readline()


@contextlib.contextmanager
def _silent(instead: tuple[str, ...]) -> Iterator[None]:
    """Inside, the terminal shows nothing of what is typed. Raises UsageError when it cannot be silenced."""
    descriptor = _descriptor()
    if descriptor is None or sys.platform == "win32":
        yield
        return
    import termios

    try:
        before = termios.tcgetattr(descriptor)
        silent = [*before[:3], before[3] & ~termios.ECHO, *before[4:]]
        termios.tcsetattr(descriptor, termios.TCSAFLUSH, silent)
    except termios.error as error:
        raise UsageError("this terminal would show what is typed", why=str(error), next=instead) from error
    try:
        yield
    finally:
        termios.tcsetattr(descriptor, termios.TCSAFLUSH, before)


def _descriptor() -> int | None:
    """Standard input's, where there is one."""
    try:
        return sys.stdin.fileno()
    except (io.UnsupportedOperation, ValueError):
        return None
