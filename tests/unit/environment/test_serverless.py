"""What the file says of functions: times on other clocks, runtimes, and each kind of mistake at its place."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from muvi_provision.environment import Environment, local_times, runtimes

FUNCTION = "functions:\n  sync-films: {purpose: films, schedule: rate(30 minutes), databases: [main]}\n"

TIMES = [
    ("cron(0 0 * * ? *)", "Asia/Dubai", "00:00 UTC is 04:00 in Asia/Dubai"),
    ("cron(0 22 * * ? *)", "Asia/Dubai", "22:00 UTC is 02:00 a day later in Asia/Dubai"),
    (
        "cron(0 2 * * ? *)",
        "America/New_York",
        "02:00 UTC is 21:00 a day earlier or 22:00 a day earlier in America/New_York",
    ),
    ("cron(30 5,9 * * ? *)", "Asia/Kolkata", "05:30, 09:30 UTC is 11:00, 15:00 in Asia/Kolkata"),
    ("cron(0 22 * * ? *)", "Europe/Berlin", "22:00 UTC is 23:00 or 00:00 a day later in Europe/Berlin"),
    ("cron(0 0 * * ? *)", "UTC", ""),
    ("cron(0/20 * * * ? *)", "Asia/Dubai", ""),
    ("rate(30 minutes)", "Asia/Dubai", "counted from when it was switched on"),
]

MISTAKES = [
    ("schedule: rate(30 minutes)", "schedule: §rate(1 minutes)", "write rate(1 minute)"),
    ("schedule: rate(30 minutes)", 'schedule: §"cron(0 0 * * * *)"', "exactly one of the two day fields must be ?"),
    (
        "purpose: films,",
        "purpose: films, runtime: §nodejs14.x,",
        'makes no function with "nodejs14.x" any more: write nodejs22.x',
    ),
    (
        "purpose: films,",
        "purpose: films, runtime: §python3.21,",
        '"python3.21" is not a runtime of Lambda: did you mean "python3.1',
    ),
    ("purpose: films,", "purpose: films, entry: §index,", '"index" names no function'),
    ("purpose: films,", 'purpose: films, environment: {AWS_REGION: §"x"},', 'Lambda keeps "AWS_REGION" for itself'),
    ("purpose: films,", 'purpose: films, environment: {a-b: §"x"},', '"a-b" is no name for a variable'),
    ("databases: [main]", "databases: [§mian]", 'did you mean "main"?'),
    (FUNCTION, f"timezone: §Asia/Dubay\n{FUNCTION}", '"Asia/Dubay" is not a time zone'),
    (FUNCTION, f"timezone: §../etc/passwd\n{FUNCTION}", "is not a time zone"),
    (
        FUNCTION,
        f'{FUNCTION}workflow: {{service: main, moments: {{busy: {{at: §"cron(0 25 * * ? *)", min: 2}}}}}}\n',
        '"25" is no hour',
    ),
    (
        FUNCTION,
        f'{FUNCTION}workflow: {{service: main, moments: {{busy: {{at: "cron(0 12 * * ? *)", min: §21}}}}}}\n',
        "21 copies are more than scaling's max",
    ),
]


@pytest.mark.parametrize(("schedule", "zone", "wanted"), TIMES)
def test_what_a_clock_there_shows(schedule: str, zone: str, wanted: str) -> None:
    assert local_times.told(schedule, zone) == wanted


@pytest.mark.parametrize("runtime", [*runtimes.SUPPORTED, *runtimes.DEPRECATED])
def test_what_aws_still_makes_passes(runtime: str) -> None:
    assert runtimes.complaint(runtime) == ""


@pytest.mark.parametrize(
    ("runtime", "instead"),
    [
        ("nodejs14.x", "nodejs22.x"),
        ("nodejs12.x", "nodejs22.x"),
        ("nodejs6.10", "nodejs22.x"),
        ("python2.7", "python3.13"),
        ("python3.7", "python3.13"),
        ("go1.x", "provided.al2023"),
        ("java8", "java21"),
        ("dotnetcore3.1", "dotnet10"),
        ("ruby2.7", "ruby3.4"),
        ("provided", "provided.al2023"),
    ],
)
def test_what_it_refuses_has_something_in_its_place(runtime: str, instead: str) -> None:
    assert runtimes.complaint(runtime).endswith(f": write {instead}")
    assert instead in runtimes.SUPPORTED


@pytest.mark.parametrize(("right", "wrong", "text"), MISTAKES)
def test_mistakes(valid: str, complaints: Callable[[str], tuple[str, ...]], right: str, wrong: str, text: str) -> None:
    whole = valid + FUNCTION
    assert whole.count(right) == 1
    before, _, after = whole.replace(right, wrong).partition("§")
    lines = before.split("\n")
    said = [line for line in complaints(before + after) if line.startswith(f"{len(lines)}:{len(lines[-1]) + 1}: ")]
    assert len(said) == 1
    assert text in said[0]


def test_the_right_file(valid: str, loaded: Callable[[str], Environment]) -> None:
    assert loaded(f"timezone: Asia/Dubai\n{valid}{FUNCTION}").functions["sync-films"].schedule == "rate(30 minutes)"
