"""What containers write: that they started, that they end, and how (aws-reality 5.2, 5.4, 5.6).

No program runs here, so nothing is written but what the sandbox itself knows; each line says that it is the sandbox's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from muvi_provision.sandbox import log_events, roles
from muvi_provision.sandbox.effects import ecs_records
from muvi_provision.sandbox.fleet import Task
from muvi_provision.sandbox.view import View


def started(view: View, task: Task, definition: Any, at: float) -> None:
    """Each container's log driver makes its stream, and the first lines are written."""
    for container, options in _logged(definition):
        _open(view, task, container, options, at)
        name, image = container["name"], str(container["image"]).rpartition("/")[2]
        lines = [f"{name} started: {image}, {task.definition.rpartition('/')[2]}"]
        lines += [f"{name} answers at port {one['containerPort']}" for one in container.get("portMappings", ())]
        _write(view, task, definition, container, at, lines)


def said(view: View, task: Task, at: float, *words: str) -> None:
    """Every container of a task that runs writes something."""
    definition = ecs_records.definition(view, task.definition)
    for container, _ in _logged(definition) if definition is not None else ():
        _write(view, task, definition, container, at, [f"{container['name']} {each}" for each in words])


def _logged(definition: Any) -> Iterator[tuple[dict[str, Any], Mapping[str, str]]]:
    """The containers that write to CloudWatch, with their log driver's options."""
    for one in definition.container_definitions:
        settings = one.get("logConfiguration", {})
        if settings.get("logDriver") == "awslogs":
            yield one, settings.get("options", {})


def _stream_name(task: Task, container: Mapping[str, Any], options: Mapping[str, str]) -> str:
    return f"{options.get('awslogs-stream-prefix')}/{container['name']}/{task.id}"


def _open(view: View, task: Task, container: Mapping[str, Any], options: Mapping[str, str], at: float) -> None:
    group = view.backend("logs", options["awslogs-region"]).groups.get(options["awslogs-group"])
    name = _stream_name(task, container, options)
    if group is not None and name not in group.streams:
        group.create_log_stream(name)
        group.streams[name].creation_time = ecs_records.moment(view, at).replace(tzinfo=None)


def _write(
    view: View, task: Task, definition: Any, container: Mapping[str, Any], at: float, words: Iterable[str]
) -> None:
    """As far as the execution role may; a group or stream that is gone meanwhile takes nothing."""
    options = container["logConfiguration"]["options"]
    region, name, stream = options["awslogs-region"], options["awslogs-group"], _stream_name(task, container, options)
    group = view.backend("logs", region).groups.get(name)
    arn = f"arn:aws:logs:{region}:{view.account}:log-group:{name}:log-stream:{stream}"
    allowed = roles.allows(view, definition.execution_role_arn, "logs:PutLogEvents", arn)
    if allowed and group is not None and stream in group.streams:
        log_events.write(view, group.streams[stream], at, [f"[sandbox] {each}" for each in words], region)
