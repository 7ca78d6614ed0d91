"""What was sent in confidence is not said again: AWS's error messages may repeat it."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator, Mapping
from typing import Any

WITHHELD = "(withheld)"
ALWAYS = ("Password", "HttpHeaderConfig")  # the latter is how load balancers are told the secret header
SHORTEST = 6  # characters; shorter pieces are no secret and would cut up every message


class Discretion:
    """botocore hooks that take sensitive input out of error messages, one call a thread at a time.

    What is sensitive is said by AWS's own service models (the ``sensitive`` trait of a shape). So is what is in
    ``ALWAYS``, which the models do not say, or did not some years ago.
    """

    def __init__(self) -> None:
        self._sent = threading.local()

    def attach(self, events: Any) -> None:
        """``events``: a client's."""
        events.register("before-parameter-build", self._remember)
        events.register("after-call", self._withhold)

    def _remember(self, params: Mapping[str, Any], model: Any, **_: Any) -> None:
        self._sent.values = list(_sensitive(params, model.input_shape)) if model.input_shape else []

    def _withhold(self, parsed: Any, **_: Any) -> None:
        if not isinstance(parsed, dict) or "Error" not in parsed:
            return
        for part in (parsed, parsed["Error"]):  # modelled errors say their message in both
            for name, text in part.items():
                if isinstance(text, str):
                    part[name] = self._discreet(text)

    def _discreet(self, text: str) -> str:
        for value in getattr(self._sent, "values", ()):
            text = _without(text, value)
        return text


def _sensitive(value: Any, shape: Any) -> Iterator[str]:
    """Every sensitive text in the parameters of a call."""
    if getattr(shape, "sensitive", False) or shape.metadata.get("sensitive"):
        yield from _texts(value)
    elif shape.type_name == "structure" and isinstance(value, Mapping):
        for name, item in value.items():
            if name in shape.members:
                told = any(word in name for word in ALWAYS)
                yield from _texts(item) if told else _sensitive(item, shape.members[name])
    elif shape.type_name == "list" and isinstance(value, list | tuple):
        for item in value:
            yield from _sensitive(item, shape.member)
    elif shape.type_name == "map" and isinstance(value, Mapping):
        for item in value.values():
            yield from _sensitive(item, shape.value)


def _texts(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case bytes() | bytearray():
            yield value.decode(errors="replace")
        case Mapping():
            for item in value.values():
                yield from _texts(item)
        case list() | tuple():
            for item in value:
                yield from _texts(item)


def _without(message: str, value: str) -> str:
    """The message without the value, however it was quoted, and without any line of it."""
    encoded = base64.b64encode(value.encode()).decode()  # how a blob travels
    spellings = {value, encoded, json.dumps(value)[1:-1], repr(value)[1:-1], *value.splitlines(), *_inside(value)}
    for spelling in sorted(spellings, key=len, reverse=True):
        if len(spelling) >= SHORTEST:
            message = message.replace(spelling, WITHHELD)
    return message


def _inside(value: str) -> set[str]:
    """The texts of a secret that is itself JSON, and their lines."""
    try:
        texts = list(_texts(json.loads(value)))
    except ValueError:
        return set()
    return {line for text in texts for line in (text, *text.splitlines())}
