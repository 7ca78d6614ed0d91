"""Day 5."""

from __future__ import annotations

from muvi_provision.aws.wait_rows.row import Wait, all_are, any_is

# Usual times and limits: aws-reality 7.1 b and f, 8.3. A function has two states: ours says both.
WAITS: dict[str, Wait] = {
    "function_active": Wait(
        "lambda",
        (
            all_are("Functions[].Readiness", "ready"), any_is("Functions[].Readiness", "failed"),
            any_is("Functions[].Readiness", "deleting"),
        ),
        "Functions", 60, 900, ("Problem",),
        slow="the first function in the network has its interfaces made first",
    ),
    "state_machine_active": Wait(
        "stepfunctions",
        (all_are("stateMachines[].status", "ACTIVE"), any_is("stateMachines[].status", "DELETING")),
        "stateMachines", 1, 120,
    ),
}  # fmt: skip

# How long an object is still shown after its deletion: usual seconds, and when to say that it is stuck.
GONE: dict[str, Wait] = {
    "function_gone": Wait(
        "lambda", (), "Functions", 1200, 7200, slow="its network interfaces go twenty minutes after it, or an hour"
    ),
    "state_machine_gone": Wait(
        "stepfunctions", (), "stateMachines", 20, 600, slow="what it still carries out is stopped first"
    ),
}
