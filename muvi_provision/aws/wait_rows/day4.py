"""Day 4."""

from __future__ import annotations

from muvi_provision.aws.wait_rows.row import Wait, all_are, any_is

# Usual times and limits: aws-reality 6.1 b and 6.6 b.
WAITS: dict[str, Wait] = {
    "distribution_deployed": Wait(
        "cloudfront", (all_are("Distributions[].Status", "Deployed"),), "Distributions", 300, 5400,
        slow="CloudFront tells all its places in the world",
    ),
    "certificate_asked": Wait(
        "acm", (all_are("Certificates[].state", "told"), any_is("Certificates[].state", "dead")), "Certificates",
        5, 300, ("problem",), slow="ACM says after some seconds what would prove that the domain is ours",
    ),
    # while nobody asks our zone about the domain it can never be issued, which is not waited for: a person has to act
    "certificate_issued": Wait(
        "acm",
        (
            all_are("Certificates[].state", "issued"), all_are("Certificates[].state", "undelegated"),
            any_is("Certificates[].state", "failed"),
        ),
        "Certificates", 180, 4500, ("problem",), slow="ACM looks from the internet whether the proof is there",
    ),
}  # fmt: skip

# How long an object is still shown after its deletion: usual seconds, and when to say that it is stuck.
GONE: dict[str, Wait] = {}
