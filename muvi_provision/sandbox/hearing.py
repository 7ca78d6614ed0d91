"""What happens to one call between its arrival and the emulator's act, and between the act and the answer."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from muvi_provision.sandbox import emulator, interfaces, lag, lifecycles, rules, shapes, tokens
from muvi_provision.sandbox.answers import Refused
from muvi_provision.sandbox.call import Call, service_model
from muvi_provision.sandbox.effects import registry, tagging
from muvi_provision.sandbox.late import Late
from muvi_provision.sandbox.view import View

__all__ = ["Hearing", "install", "not_implemented"]


def not_implemented(call: Call) -> Refused:
    return Refused("SandboxNotImplemented", f"the sandbox has no {call.service} {call.operation}", 501)


class Hearing:
    """Hears one call. ``view`` is of the call's region, ``lags`` says how late new things are found."""

    def __init__(self, call: Call, view: View, lags: lag.Lag) -> None:
        self._call = call
        self._view = view
        self._lag = lags
        self._coming: tuple[Late, ...] = ()

    def hear(self, response: Any, act: Callable[[], Any]) -> Any:
        """The emulator's answer, or one in its place. Raises ``Refused``."""
        from moto.core.exceptions import ServiceException
        from moto.core.responses import ActionResult
        from werkzeug.exceptions import HTTPException

        self._checked()
        original = response.serialized
        try:
            result = self._answered_instead(response)
        except ServiceException as refused:
            result = refused
        except HTTPException as refused:
            raise _of(refused) from refused
        if result is not None:
            return self._with_status(result, *original(ActionResult(self._trimmed(result))))
        return self._acted(response, act)

    def _checked(self) -> None:
        shapes.check(self._call)
        if self._call.dry:  # aws-reality 13; the emulator really creates
            raise Refused("DryRunOperation", "Request would have succeeded, but DryRun flag is set.", 412)
        lag.check(self._call, self._view)
        self._coming = self._lag.coming(self._call, self._view)

    def _answered_instead(self, response: Any) -> Any:
        again = tokens.replay(self._call, self._view)
        if again is not None:
            return again
        rules.check(self._call, self._view)
        registry.amended(self._call, self._view, response.params if response.automated_parameter_parsing else {})
        answer = registry.answered_instead(self._call, self._view)
        tokens.note(self._call, self._view, answer)
        if answer is not None:
            self._lag.note(self._coming, self._call, self._view, answer)
        return answer

    def _with_status(self, result: Any, status: int, headers: Any, body: Any) -> tuple[int, Any, Any]:
        """Some answers say their HTTP status as one of their members (Lambda's of a call)."""
        shape = service_model(self._call.service).operation_model(self._call.operation).output_shape
        for name, member in shape.members.items() if shape is not None and isinstance(result, dict) else ():
            if member.serialization.get("location") == "statusCode":
                status = result.get(name, status)
        return status, headers, body

    def _acted(self, response: Any, act: Callable[[], Any]) -> Any:
        if not _implemented(response, self._call.operation):
            raise not_implemented(self._call)
        original, heard = response.serialized, []

        def serialized(answer: Any) -> Any:
            heard.append(True)
            if not isinstance(answer.result, Exception):
                self._finish(answer.result)
            return original(answer)

        response.serialized = serialized
        status, headers, body = act()
        if not heard and int(status) < 300:
            self._finish(json.loads(body) if str(body).startswith("{") else None)
        return status, headers, body

    def _finish(self, result: Any) -> None:
        registry.finished(self._call, self._view, result)
        tokens.note(self._call, self._view, result)
        self._lag.note(self._coming, self._call, self._view, result)
        self._trimmed(result)

    def _trimmed(self, result: Any) -> Any:
        lifecycles.insist(self._view)
        lag.trim(self._call, self._view, result)
        if self._view.lag_s and self._call.mutating:
            tagging.observe(self._view)
        return result


def _of(error: Any) -> Refused:
    """The emulator's older way of refusing."""
    return Refused(getattr(error, "error_type", "InternalFailure"), str(getattr(error, "message", error)), error.code)


def _implemented(response: Any, operation: str) -> bool:
    from moto.core.utils import camelcase_to_underscores

    if response.boto3_service_name == "s3":  # it finds its own way, and says so when there is none
        return True
    action = camelcase_to_underscores(response._get_action() or operation)
    return callable(getattr(type(response), action, None))


_INSTALLED: list[bool] = []


def install() -> None:
    """Load the emulator, and put right what it computes wrongly wherever it is asked."""
    if _INSTALLED:
        return
    emulator.load()
    from muvi_provision.sandbox.effects import route_tables, security_groups

    interfaces.install()
    route_tables.install()
    security_groups.install()
    registry.load()  # what happens by itself is registered there, too
    _INSTALLED.append(True)
