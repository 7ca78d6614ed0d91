"""How functions, alarms, the workflow and pipelines refer to the rest."""

from __future__ import annotations

from collections.abc import Iterator

from muvi_provision.environment.draft import Complaint, Draft
from muvi_provision.environment.names import FUNCTIONS
from muvi_provision.environment.service_checks import unknown


def references_exist(draft: Draft) -> Iterator[Complaint]:
    """Whatever is named elsewhere in the file is there."""
    services, databases, buckets = draft.names("services"), draft.names("databases"), draft.names("buckets")
    for name in draft.names("functions"):
        yield from unknown(draft.texts("functions", name, "databases"), databases, "database")
        yield from unknown(draft.texts("functions", name, "caches"), draft.names("caches"), "cache")
    yield from unknown(draft.texts("alarms", "services"), services, "service")
    where = ("workflow", "service")
    yield from unknown(((where, draft.text(*where)),), services, "service")
    for name in draft.names("workflow", "moments"):
        for database in draft.names("workflow", "moments", name, "classes"):
            yield from unknown(((("workflow", "moments", name, "classes", database), database),), databases, "database")
    for name in draft.names("pipelines"):
        yield from unknown(((("pipelines", name), name),), services, "service")
        for key in ("artifacts", "copies"):
            yield from unknown(((p := ("pipelines", name, key), draft.text(*p) or None),), buckets, "bucket")


def doors_open(draft: Draft) -> Iterator[Complaint]:
    """A function that uses a database or cache is among its users, which is what opens the door to it."""
    for name in draft.names("functions"):
        for section in ("databases", "caches"):
            for where, used in draft.texts("functions", name, section):
                if used not in draft.names(section):
                    continue
                if FUNCTIONS not in {user for _, user in draft.texts(section, used, "used_by")}:
                    yield where, f'no door leads to "{used}": write functions among its used_by'
