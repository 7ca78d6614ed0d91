"""What a step acts on. Running the steps records a graph; the planner and the applier walk it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from muvi_provision.aws.clients import Aws
from muvi_provision.resource import Handle, Resource, Unknown, mentions

R = TypeVar("R", bound=Resource)
Values = Mapping[str, Mapping[str, Any]]
Question = Callable[[Aws, Values], bool]
Deed = Callable[[Aws, Values], None]
Instructions = Callable[[Aws, Values], str]


class StackError(ValueError):
    """A step that contradicts itself or another: a mistake in a day module."""


@dataclass(frozen=True)
class Node:
    """One thing a step asked for: its address, step number, and the addresses it stands on."""

    address: str
    step: str
    needs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Wanted(Node):
    """A resource to be made (or, for a look-up, found)."""

    resource: Resource = field(kw_only=True)


@dataclass(frozen=True)
class Act(Node):
    """Something done once that is not a resource; ``done`` asks whether it is."""

    done: Question = field(kw_only=True)
    do: Deed = field(kw_only=True)


@dataclass(frozen=True)
class Gate(Node):
    """Something only a person or another company can do; one that is not ``lasting`` is asked again in every run."""

    satisfied: Question = field(kw_only=True)
    instructions: str | Instructions = field(kw_only=True)
    lasting: bool = field(kw_only=True, default=True)


@dataclass(frozen=True)
class Check(Node):
    """A read-only assertion in a sentence an operator would say."""

    sentence: str = field(kw_only=True)
    question: Question = field(kw_only=True)


@dataclass(frozen=True)
class Step:
    """One heading of the runbook: ``body(stack)``, or ``body(stack, item)`` once for every item of ``each``."""

    number: str
    title: str
    body: Callable[..., None]
    needs: tuple[str, ...] = ()
    each: Callable[[Any], Iterable[Any]] | None = None

    @property
    def day(self) -> int:
        return int(self.number.split(".")[0])

    @property
    def order(self) -> tuple[int, ...]:
        """Sorts 1.10 after 1.9."""
        return tuple(int(part) for part in self.number.split("."))

    @property
    def summary(self) -> str:
        return (self.body.__doc__ or "").strip().partition("\n")[0]


def step(
    number: str, title: str, *, needs: Sequence[str] = (), each: Callable[[Any], Iterable[Any]] | None = None
) -> Callable[[Callable[..., None]], Step]:
    """Makes a function of a day module the step of that number. ``each(environment)`` gives items to repeat it for."""
    return lambda body: Step(number, title, body, tuple(needs), each)


class Stack:
    """Records what steps ask for. ``environment`` is the loaded environment file."""

    def __init__(self, environment: Any) -> None:
        self.environment = environment
        self.nodes: dict[str, Node] = {}
        self._step = ""

    def ensure(self, resource: Resource, *, after: Iterable[Handle[Any]] = ()) -> Handle[Any]:
        """Asks for a resource; it is made once what its fields hold, and everything in ``after``, is there."""
        needs = (*resource.needs(), *(handle.address for handle in after))
        self._add(Wanted(resource.address, self._step, tuple(dict.fromkeys(needs)), resource=resource))
        return Handle(resource.address)

    look_up = ensure

    def get(self, kind: type[R], name: str) -> Handle[R]:
        """The handle of something an earlier step asked for. Raises StackError when none did."""
        address = f"{kind.declared.kind}/{name}"
        if address not in self.nodes:
            raise StackError(f"step {self._step} wants {address}, which no earlier step asked for")
        return Handle(address)

    def act(self, name: str, *, done: Question, do: Deed, needs: Iterable[Handle[Any]] = ()) -> None:
        self._add(Act(f"act/{name}", self._step, _addresses(needs), done=done, do=do))

    def gate(
        self,
        name: str,
        *,
        satisfied: Question,
        instructions: str | Instructions,
        needs: Iterable[Handle[Any]] = (),
        lasting: bool = True,
    ) -> Handle[Any]:
        """``instructions``: a text, or what makes one of what AWS says then. What stands on it waits for it."""
        mentioned = tuple(address for address, _ in mentions(instructions))
        wanted = (*_addresses(needs), *mentioned)
        self._add(
            Gate(
                f"gate/{name}",
                self._step,
                wanted,
                satisfied=satisfied,
                instructions=instructions,
                lasting=lasting,
            )
        )
        return Handle(f"gate/{name}")

    def check(self, sentence: str, question: Question, *, needs: Iterable[Handle[Any]] = ()) -> None:
        self._add(
            Check(f"check/{self._step} {sentence}", self._step, _addresses(needs), sentence=sentence, question=question)
        )

    def record(self, steps: Iterable[Step]) -> None:
        """Runs the step functions in the runbook's order."""
        for each in steps:
            self._step = each.number
            items = [(item,) for item in each.each(self.environment)] if each.each else [()]
            for arguments in items:
                each.body(self, *arguments)

    def _add(self, node: Node) -> None:
        if node.address in self.nodes:
            first = self.nodes[node.address].step
            raise StackError(f"step {self._step} asks for {node.address} again (first asked for in step {first})")
        missing = [address for address in node.needs if address not in self.nodes]
        if missing:
            raise StackError(
                f"step {self._step}: {node.address} stands on {', '.join(missing)}, which nothing asked for"
            )
        self.nodes[node.address] = node


def _addresses(handles: Iterable[Handle[Any] | Unknown]) -> tuple[str, ...]:
    return tuple(handle.address for handle in handles)
