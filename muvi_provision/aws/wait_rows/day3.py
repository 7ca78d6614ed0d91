"""Day 3."""

from __future__ import annotations

from muvi_provision.aws.wait_rows.row import Wait, all_are, any_is

# Usual times and limits: aws-reality 5.7, 5.8 and 8.3. ECS's own waiter is happy after a roll-back and never gives up
# on tasks that end again and again (0.6), so both kinds tell their state in words of their own.
WAITS: dict[str, Wait] = {
    "namespace_ready": Wait(
        "servicediscovery",
        (all_are("Namespaces[].OperationStatus", "SUCCESS"), any_is("Namespaces[].OperationStatus", "FAIL")),
        "Namespaces", 40, 600, ("ErrorCode", "ErrorMessage"),
        slow="Cloud Map makes a private zone and connects it with the network",
    ),
    "service_rolled_out": Wait(
        "ecs",
        (
            all_are("services[].rollout", "done"), any_is("services[].rollout", "failed"),
            any_is("services[].rollout", "deleting"),
        ),
        "services", 150, 1200, ("problem",),
        slow="a new copy is pulled, started, and asked by the load balancer before the old one goes",
    ),
}  # fmt: skip

# How long an object is still shown after its deletion: usual seconds, and when to say that it is stuck.
GONE: dict[str, Wait] = {
    "namespace_gone": Wait("servicediscovery", (), "Namespaces", 40, 600, slow="Cloud Map deletes the private zone"),
    "service_gone": Wait(
        "ecs", (), "services", 90, 900, slow="its copies end once the load balancer has let go of them"
    ),
}
