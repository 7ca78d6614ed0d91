"""How secrets, databases and services refer to one another."""

from __future__ import annotations

from collections.abc import Iterator

from muvi_provision.environment.draft import Complaint, Draft
from muvi_provision.environment.secrets import variable_of
from muvi_provision.environment.service_checks import unknown


def references_exist(draft: Draft) -> Iterator[Complaint]:
    """A database's secret names a database, a certificate's a service."""
    known = {"database": draft.names("databases"), "certificate": draft.names("services")}
    for name in draft.names("secrets"):
        kind, of = draft.text("secrets", name, "kind"), draft.text("secrets", name, "of")
        what = {"database": "database", "certificate": "service"}.get(kind or "")
        if what and not of:
            yield ("secrets", name, "of"), f'say which {what} it belongs to: add "of"'
        elif what and kind:
            yield from unknown(((("secrets", name, "of"), of),), known[kind], what)
        elif of:
            yield ("secrets", name, "of"), f'a secret of kind {kind} belongs to nothing: leave "of" out'


def readers_known(draft: Draft) -> Iterator[Complaint]:
    """Who is given a secret is a service."""
    for name in draft.names("secrets"):
        yield from unknown(draft.texts("secrets", name, "used_by"), draft.names("services"), "service")


def variables_apart(draft: Draft) -> Iterator[Complaint]:
    """No container is given two values under the same variable: ECS takes one, in the open or as a secret."""
    taken: dict[tuple[str, str], str] = {}
    for name in draft.names("secrets"):
        variable = _variable(draft, name)
        for where, service in draft.texts("secrets", name, "used_by"):
            if variable in draft.names("services", service, "environment"):
                yield where, f'"{service}" has its own {variable} in "environment" already: say another "variable"'
            if other := taken.get((service, variable)):
                yield where, f'"{service}" is given "{other}" as {variable} already: say another "variable"'
            taken.setdefault((service, variable), name)


def database_secrets(draft: Draft) -> Iterator[Complaint]:
    """No database has two secrets with its master user. One without any has one that RDS makes and rotates."""
    owners: dict[str, str] = {}
    for name in draft.names("secrets"):
        of = draft.text("secrets", name, "of")
        if draft.text("secrets", name, "kind") != "database" or not of:
            continue
        if first := owners.get(of):
            yield ("secrets", name, "of"), f'"{of}" has its secret already: "{first}"'
        owners.setdefault(of, name)


def _variable(draft: Draft, name: str) -> str:
    return variable_of(name, draft.text("secrets", name, "variable") or "")
