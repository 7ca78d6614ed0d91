"""How functions, alarms, the workflow and pipelines refer to the rest."""

from __future__ import annotations

import re
from collections.abc import Iterator

from muvi_provision.environment import local_times, runtimes, schedules
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


def schedules_valid(draft: Draft) -> Iterator[Complaint]:
    """Whatever runs at times says so as EventBridge takes it."""
    for name in draft.names("functions"):
        yield from _of_schedule(draft, "functions", name, "schedule")
    for name in draft.names("workflow", "moments"):
        yield from _of_schedule(draft, "workflow", "moments", name, "at")


def _of_schedule(draft: Draft, *path: str) -> Iterator[Complaint]:
    said = draft.text(*path)
    try:
        if said is not None:
            schedules.parsed(said)
    except ValueError as error:
        yield path, str(error)


def runtimes_known(draft: Draft) -> Iterator[Complaint]:
    """AWS still makes functions with that runtime, and the entry is of its sort."""
    for name in draft.names("functions"):
        path = ("functions", name)
        runtime, entry = draft.text(*path, "runtime") or "", draft.text(*path, "entry") or ""
        if runtime and (said := runtimes.complaint(runtime)):
            yield (*path, "runtime"), said
        if runtime.startswith(("nodejs", "python", "ruby")) and not all(entry.rpartition(".")[::2]):
            yield (*path, "entry"), f'"{entry}" names no function: write its file and it, as in index.handler'


def timezone_known(draft: Draft) -> Iterator[Complaint]:
    """Times can be shown in that zone."""
    said = draft.text("timezone")
    try:
        if said is not None:
            local_times.zone(said)
    except ValueError as error:
        yield ("timezone",), str(error)


def variables_allowed(draft: Draft) -> Iterator[Complaint]:
    """Lambda keeps some names of variables for itself and takes only words as names."""
    for name in draft.names("functions"):
        for variable in draft.names("functions", name, "environment"):
            where = ("functions", name, "environment", variable)
            if variable.startswith(("AWS_", "LAMBDA_", "_")):
                yield where, f'Lambda keeps "{variable}" for itself: give it another name'
            elif not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]+", variable):
                yield where, f'"{variable}" is no name for a variable: letters, digits and _, two at least'


def moments_possible(draft: Draft) -> Iterator[Complaint]:
    """No moment asks for more copies than scaling may start, which AWS would refuse at that hour and nobody see."""
    service = draft.text("workflow", "service") or ""
    most = draft.number("services", service, "scaling", "max") if service in draft.names("services") else None
    for name in draft.names("workflow", "moments"):
        where = ("workflow", "moments", name, "min")
        least = draft.number(*where)
        if least is not None and most is not None and least > most:
            yield where, f"{least} copies are more than scaling's max {most} of {service}"
