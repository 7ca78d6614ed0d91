"""What the world meets first: buckets, the firewall, distributions, and what is tried from outside."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from muvi_provision.environment.addresses import AnyRange
from muvi_provision.environment.names import MemberName
from muvi_provision.environment.section import Section


def _path(text: str) -> str:
    if not text.startswith("/"):
        raise ValueError(f'"{text}" is not a path: it begins with a slash, as in /otp')
    return text


def _country(text: str) -> str:
    if len(text) != 2 or not text.isalpha() or not text.isupper():
        raise ValueError(f'"{text}" is not a country: two capital letters, as in AE')
    return text


Path = Annotated[str, AfterValidator(_path), Field(json_schema_extra={"pattern": "^/"})]
Country = Annotated[str, AfterValidator(_country), Field(json_schema_extra={"pattern": "^[A-Z]{2}$"})]


class Bucket(Section):
    """One S3 bucket: a place for files."""

    purpose: str = Field(description="What it is for, in a few words.")
    public: bool = Field(default=False, description="Whether anybody may read every file in it, by its address.")
    versioned: bool = Field(default=False, description="Whether what is overwritten or deleted is kept beside.")
    keep_versions_days: int = Field(
        default=30, ge=1, le=3650, description="How many days what was overwritten or deleted is kept, if it is."
    )
    expire_days: int | None = Field(
        default=None, ge=1, description="After how many days files go by themselves; left out, never."
    )
    origins: tuple[str, ...] = Field(
        default=(), description="Websites whose pages may read and upload files in it (CORS), as in https://*.example."
    )


class FirewallRule(Section):
    """One rule of the firewall. Exactly one of limit, allow, block, group, outside and larger_than says what it is."""

    limit: int | None = Field(
        default=None, ge=10, le=2_000_000_000, description="Requests that one address may send within the window."
    )
    window_s: Literal[60, 120, 300, 600] = Field(default=300, description="The seconds within which they are counted.")
    path: Path | None = Field(default=None, description="Count only requests for addresses with this in their path.")
    allow: tuple[AnyRange, ...] | None = Field(
        default=None, description="Address ranges let in whatever later rules say; may be empty at first."
    )
    block: tuple[AnyRange, ...] | None = Field(
        default=None, description="Address ranges kept out; may be empty at first."
    )
    group: str | None = Field(
        default=None, description="A group of rules that AWS keeps up to date, as in AWSManagedRulesCommonRuleSet."
    )
    outside: tuple[Country, ...] | None = Field(
        default=None, description="Requests from any other countries than these."
    )
    larger_than: int | None = Field(default=None, ge=0, le=65536, description="Requests whose body has more bytes.")
    count: bool = Field(default=False, description="Only count what it finds; nothing is kept out.")
    count_rules: tuple[str, ...] = Field(
        default=(), description="Of an AWS group, the rules that only count, by their names."
    )


class Distribution(Section):
    """One CloudFront distribution. Exactly one of load_balancer, bucket and address says where its pages come from."""

    host: str = Field(
        default="",
        description="What stands before the domain in its name; @ for the domain itself; its own name if left out.",
    )
    load_balancer: str | None = Field(default=None, description="The public load balancer that its pages come from.")
    bucket: str | None = Field(default=None, description="The bucket that its files come from.")
    address: str | None = Field(default=None, description="A server outside this stack that its pages come from.")
    cache: Literal["off", "origin", "long"] = Field(
        default="off", description="off: nothing is kept; origin: as the server says; long: files that seldom change."
    )
    firewall: bool = Field(default=False, description="Whether the firewall looks at every request first.")
    paths: dict[Path, str] = Field(default={}, description="Paths whose files come from another bucket instead.")
    single_page: bool = Field(
        default=False, description="Whether index.html answers for every address that no file has."
    )


class Flow(Section):
    """One thing that must work from outside, tried by `muvi smoke`."""

    purpose: str = Field(description="What it shows, in a few words.")
    distribution: str = Field(description="The distribution it is asked of.")
    path: Path = Field(description="The address below it.")
    method: Literal["GET", "POST", "HEAD"] = Field(default="GET", description="How it is asked.")
    body: str = Field(default="", description="What is sent along; JSON.")
    expect: tuple[int, ...] = Field(default=(200,), description="The answers that are right, as HTTP status codes.")
    services: tuple[MemberName, ...] = Field(
        default=(), description="The services it passes, first the one that CloudFront reaches."
    )
