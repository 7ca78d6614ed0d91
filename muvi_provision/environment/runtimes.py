"""The languages that Lambda runs, as of November 2026: aws-reality 7.1, whose dates move. Pure."""

from __future__ import annotations

from fnmatch import fnmatchcase

from muvi_provision.environment.names import nearest

SUPPORTED = (
    "nodejs22.x", "nodejs24.x", "python3.11", "python3.12", "python3.13", "python3.14", "java8.al2", "java11",
    "java17", "java21", "java25", "dotnet10", "ruby3.3", "ruby3.4", "ruby4.0", "provided.al2023",
)  # fmt: skip
DEPRECATED = (
    "nodejs16.x", "nodejs18.x", "nodejs20.x", "python3.8", "python3.9", "python3.10", "dotnet6", "dotnet8", "ruby3.2",
    "provided.al2",
)  # fmt: skip
"""Out of support, but AWS still makes functions with them until February 2027."""

_REFUSED = {
    "nodejs": "nodejs22.x",
    "nodejs?.*": "nodejs22.x",
    "nodejs4.3-edge": "nodejs22.x",
    "nodejs1[0-4].x": "nodejs22.x",
    "python2.*": "python3.13",
    "python3.[0-7]": "python3.13",
    "go*": "provided.al2023",
    "java8": "java21",
    "dotnetcore*": "dotnet10",
    "dotnet5*": "dotnet10",
    "ruby2.*": "ruby3.4",
    "provided": "provided.al2023",
}
"""AWS makes no function with these any more, and what to write instead."""


def complaint(runtime: str) -> str:
    """Why AWS would refuse it and what to write, or "" when it would not."""
    if runtime in (*SUPPORTED, *DEPRECATED):
        return ""
    instead = next((said for pattern, said in _REFUSED.items() if fnmatchcase(runtime, pattern)), "")
    if instead:
        return f'AWS makes no function with "{runtime}" any more: write {instead}'
    return f'"{runtime}" is not a runtime of Lambda{nearest(runtime, SUPPORTED)}'
