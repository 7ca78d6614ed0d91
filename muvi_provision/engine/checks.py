"""The sentences an operator would say of a finished step, each asked of AWS."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from muvi_provision.aws.translation import translated
from muvi_provision.engine.schedule import Job, Later
from muvi_provision.engine.site import Site, raise_fatal
from muvi_provision.engine.stack import Check, Stack
from muvi_provision.errors import MuviError


@dataclass(frozen=True)
class Checked:
    """One sentence and whether it holds; ``error`` when it could not be asked."""

    step: str
    sentence: str
    holds: bool
    error: MuviError | None = None


def run_checks(stack: Stack, site: Site, steps: Collection[str]) -> list[Checked]:
    """Asks every check of those steps, in the runbook's order. Raises NotSignedIn, StateError."""
    checks = {a: node for a, node in stack.nodes.items() if isinstance(node, Check) and node.step in steps}
    answers: dict[str, bool] = {}
    errors: dict[str, MuviError] = {}

    def ask(name: str, _: int) -> Later | None:
        check = checks[name]
        values = {address: site.state.values(address) or {} for address in stack.nodes}
        missing = [address for address in check.needs if not values[address]]
        answers[name] = not missing and check.question(site.aws, values)
        return None

    def over(name: str, _: str, error: Exception | None) -> None:
        if error:
            errors[name] = translated(error, name)

    raise_fatal(site.walk().run([Job(address) for address in checks], ask, over))
    return [Checked(c.step, c.sentence, answers.get(a, False), errors.get(a)) for a, c in checks.items()]
