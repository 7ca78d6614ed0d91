"""The secrets that only a person can fill, as a gate: whether all of them have a value, and what to type."""

from __future__ import annotations

from muvi_provision.aws.clients import Aws
from muvi_provision.day2_data.secrets import missing_values
from muvi_provision.engine.stack import Instructions, Question, Values


def filled(names: tuple[str, ...]) -> Question:
    """Whether each of these secrets has a value."""

    def ask(aws: Aws, values: Values) -> bool:  # noqa: ARG001
        return not missing_values(aws, names)

    return ask


def how_to_fill(names: tuple[str, ...]) -> Instructions:
    """The command for each that has none, one a line."""

    def say(aws: Aws, values: Values) -> str:  # noqa: ARG001
        missing = missing_values(aws, names)
        told = f"{len(missing)} secrets wait for a value of yours" if len(missing) > 1 else "A secret waits for a value"
        return "\n".join([f"{told}; each command asks for one:", *(f"muvi secrets set {name}" for name in missing)])

    return say
