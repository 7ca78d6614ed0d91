"""An execution on its way: from state to state, as far as it can go by now."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from muvi_provision.sandbox import lifecycles
from muvi_provision.sandbox.states import calling, choices, history, machines, paths
from muvi_provision.sandbox.states.machines import Execution, Track
from muvi_provision.sandbox.states.paths import Failure
from muvi_provision.sandbox.view import View

_AT_ONCE = 200  # states in one go: a loop that waits for something lets that something happen


class Walk:
    """One execution, now."""

    def __init__(self, view: View, execution: Execution) -> None:
        self._view, self._execution = view, execution
        self._left = _AT_ONCE

    def go_on(self) -> None:
        one = self._execution
        self._track(one.root)
        if len(one.events) > history.MOST:
            one.root.outcome = "Failed"
            one.root.error = ("States.Runtime", f"The execution reached the limit of {history.MOST} history events")
        if not one.root.outcome:
            return
        one.ended = self._view.today
        if one.root.outcome == "Succeeded":
            one.status, one.output = "SUCCEEDED", json.dumps(one.root.result)
            history.note(one, self._view, "ExecutionSucceeded", output=one.output)
        else:
            one.status, one.error = "FAILED", one.root.error
            history.note(one, self._view, "ExecutionFailed", error=one.error[0], cause=one.error[1])

    def _track(self, track: Track) -> None:
        while not track.outcome and track.until <= self._view.now and self._left > 0 and self._step(track):
            self._left -= 1

    def _step(self, track: Track) -> bool:
        """One state, or one more try of it; False when there is nothing to do but wait."""
        state = self._states(track)[track.state]
        if not track.entered:
            track.entered = True
            history.note_state(self._execution, self._view, f"{state['Type']}StateEntered", track.state, track.given)
        try:
            return self._done(track, state)
        except Failure as failure:
            self._failed(track, state, failure)
            return True

    def _states(self, track: Track) -> Mapping[str, Any]:
        found = self._execution.definition
        for name, number in track.branch:
            found = found["States"][name]["Branches"][number]
        states: Mapping[str, Any] = found["States"]
        return states

    def _done(self, track: Track, state: Mapping[str, Any]) -> bool:
        given = self._input(track, state)
        match state["Type"]:
            case "Pass":
                self._leave(track, state, state.get("Result", self._filled(track, state, given)))
            case "Succeed":
                self._leave(track, state, given)
            case "Fail":
                raise Failure(state.get("Error", ""), state.get("Cause", ""))
            case "Choice":
                self._chosen(track, state, given)
            case "Wait":
                return self._waited(track, state, given)
            case "Task":
                self._called(track, state, given)
            case "Parallel":
                return self._parallel(track, state, given)
        return True

    def _input(self, track: Track, state: Mapping[str, Any]) -> Any:
        path = state.get("InputPath", "$")
        return paths.read(path, track.given, self._context(track)) if path is not None else {}

    def _filled(self, track: Track, state: Mapping[str, Any], given: Any) -> Any:
        if "Parameters" not in state:
            return given
        return paths.filled(state["Parameters"], given, self._context(track))

    def _context(self, track: Track) -> dict[str, Any]:
        one = self._execution
        execution = {"Id": one.arn, "Name": one.name, "RoleArn": one.role, "Input": json.loads(one.given)}
        began = one.began.isoformat().replace("+00:00", "Z")
        machine = {"Id": one.machine, "Name": one.machine.rpartition(":")[2]}
        state = {"Name": track.state, "RetryCount": sum(track.tries.values())}
        return {"Execution": execution | {"StartTime": began}, "StateMachine": machine, "State": state}

    def _chosen(self, track: Track, state: Mapping[str, Any], given: Any) -> None:
        found = next((rule["Next"] for rule in state["Choices"] if choices.matches(rule, given)), state.get("Default"))
        if found is None:
            raise Failure("States.NoChoiceMatched", f"No choice rule of the state '{track.state}' matched")
        self._leave(track, state, given, found)

    def _waited(self, track: Track, state: Mapping[str, Any], given: Any) -> bool:
        if not track.waited:
            track.waited = True
            track.until = self._view.now + self._view.seconds(self._seconds(state, given))
            return True
        self._leave(track, state, given)
        return True

    def _seconds(self, state: Mapping[str, Any], given: Any) -> float:
        name = next(one for one in ("Seconds", "SecondsPath", "Timestamp", "TimestampPath") if one in state)
        said = paths.read(state[name], given) if name.endswith("Path") else state[name]
        try:
            if name.startswith("Seconds"):
                return float(said)
            return max(0.0, (datetime.fromisoformat(said) - self._view.today).total_seconds())
        except (TypeError, ValueError) as wrong:
            raise Failure("States.Runtime", f"The value '{said}' is no time to wait") from wrong

    def _called(self, track: Track, state: Mapping[str, Any], given: Any) -> None:
        one, told = self._execution, self._filled(track, state, given)
        resource = state["Resource"]
        history.note_task(one, self._view, "TaskScheduled", resource, parameters=json.dumps(told))
        history.note_task(one, self._view, "TaskStarted", resource)
        try:
            answer = calling.call(self._view, one.role, resource, told)
        except Failure as failure:
            history.note_task(one, self._view, "TaskFailed", resource, error=failure.error, cause=failure.cause)
            raise
        history.note_task(one, self._view, "TaskSucceeded", resource, output=json.dumps(answer))
        self._leave(track, state, self._selected(track, state, answer))

    def _selected(self, track: Track, state: Mapping[str, Any], answer: Any) -> Any:
        if "ResultSelector" not in state:
            return answer
        return paths.filled(state["ResultSelector"], answer, self._context(track))

    def _parallel(self, track: Track, state: Mapping[str, Any], given: Any) -> bool:
        if not track.branches:
            told = self._filled(track, state, given)
            track.branches = [
                Track((*track.branch, (track.state, number)), branch["StartAt"], told)
                for number, branch in enumerate(state["Branches"])
            ]
        for one in track.branches:
            self._track(one)
        failed = next((one for one in track.branches if one.outcome == "Failed"), None)
        if failed is not None:
            raise Failure(*failed.error)
        if not all(one.outcome for one in track.branches):
            return False
        self._leave(track, state, self._selected(track, state, [one.result for one in track.branches]))
        return True

    def _leave(self, track: Track, state: Mapping[str, Any], result: Any, target: str | None = None) -> None:
        whole = paths.put(state.get("ResultPath", "$"), track.given, result)
        path = state.get("OutputPath", "$")
        output = paths.read(path, whole, self._context(track)) if path is not None else {}
        history.note_state(self._execution, self._view, f"{state['Type']}StateExited", track.state, output)
        self._to(track, target or state.get("Next"), output)

    def _to(self, track: Track, target: str | None, given: Any) -> None:
        if target is None:
            track.outcome, track.result = "Succeeded", given
            return
        track.state, track.given, track.entered, track.waited = target, given, False, False
        track.tries, track.branches = {}, []

    def _failed(self, track: Track, state: Mapping[str, Any], failure: Failure) -> None:
        """Another try, the state that catches it, or the end of this line of states."""
        for number, one in enumerate(state.get("Retry", ())):
            if _covers(one, failure):
                tries = track.tries.get(number, 0)
                if tries < one.get("MaxAttempts", 3):
                    wait = one.get("IntervalSeconds", 1) * one.get("BackoffRate", 2.0) ** tries
                    track.until = self._view.now + self._view.seconds(min(wait, one.get("MaxDelaySeconds", wait)))
                    track.tries[number], track.branches = tries + 1, []
                    return
                break
        for one in state.get("Catch", ()):
            if _covers(one, failure):
                told = {"Error": failure.error, "Cause": failure.cause}
                self._to(track, one["Next"], paths.put(one.get("ResultPath", "$"), track.given, told))
                return
        track.outcome, track.error = "Failed", (failure.error, failure.cause)


def _covers(one: Mapping[str, Any], failure: Failure) -> bool:
    """``States.TaskFailed`` is any failure of a task but a time-out; ``States.ALL`` is not one of the machine's own."""
    named = one["ErrorEquals"]
    if failure.error in named:
        return True
    if failure.error == "States.Runtime":
        return False
    return "States.ALL" in named or ("States.TaskFailed" in named and failure.error != "States.Timeout")


@lifecycles.also
def advance(view: View) -> None:
    """Every execution in the region goes as far as it can."""
    for machine in machines.there(view):
        for one in machine.executions.values():
            if one.status == "RUNNING":
                Walk(view, one).go_on()
