"""How a bucket is set: what is written for each setting, and read back. Pure; facts in aws-reality 6.4.

A new bucket is private, keeps no versions, encrypts everything and knows no access lists, so only what is otherwise is
written. Each document replaces the one before it as a whole.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

UNENDED_DAYS = 7  # after which the parts of an upload that was never ended go
NEVER, ELSE = None, "by rules of somebody else's"
_FORM = "1"  # of the note; one of another form is written again
_METHODS = ("GET", "HEAD", "PUT", "POST")


@dataclass(frozen=True)
class Settings:
    """public: whether a policy may let anybody read. expire_days: None for never. The rest as in ``Bucket``."""

    public: bool
    versioned: bool
    keep_versions_days: int
    expire_days: int | None
    origins: tuple[str, ...]

    def note(self) -> str:
        """What a tag can hold of it, so that plans need not read it setting by setting."""
        said = {
            "public": int(self.public),
            "versioned": int(self.versioned),
            "keep": self.keep_versions_days,
            "expire": self.expire_days or 0,
            "origins": _short(self.origins),
        }
        return " ".join((_FORM, *(f"{key}={value}" for key, value in said.items())))

    def told_by(self, note: str) -> dict[str, Any]:
        """The settings that a note tells of; none when it is in another form."""
        form, *pairs = note.split(" ") if note else [""]
        said = dict(pair.partition("=")[::2] for pair in pairs)
        if form != _FORM or not {"public", "versioned", "keep", "expire", "origins"} <= said.keys():
            return {}
        return {
            "public": said["public"] == "1",
            "versioned": said["versioned"] == "1",
            "keep_versions_days": int(said["keep"]),
            "expire_days": int(said["expire"]) or NEVER,
            "origins": self.origins if said["origins"] == _short(self.origins) else ("others",),
        }


def _short(texts: Iterable[str]) -> str:
    return hashlib.sha256(json.dumps(list(texts)).encode()).hexdigest()[:8] if texts else "none"


def block(*, public: bool) -> dict[str, bool]:
    """What shuts the world out. Access lists stay ignored either way: a public bucket is so by its policy."""
    lists = {"BlockPublicAcls": True, "IgnorePublicAcls": True}
    return {**lists, "BlockPublicPolicy": not public, "RestrictPublicBuckets": not public}


def is_public(shown: Mapping[str, Any]) -> bool | str:
    known = {tuple(sorted(block(public=each).items())): each for each in (True, False)}
    said = {key: bool(shown.get(key)) for key in block(public=True)}
    return known.get(tuple(sorted(said.items())), "in part")


def lifecycle(keep_versions_days: int, expire_days: int | None) -> list[dict[str, Any]]:
    """The rules. What is overwritten goes after its days also once no more versions are kept."""
    whole: dict[str, Any] = {"Status": "Enabled", "Filter": {"Prefix": ""}}
    unended = {"AbortIncompleteMultipartUpload": {"DaysAfterInitiation": UNENDED_DAYS}}
    old = {"NoncurrentVersionExpiration": {"NoncurrentDays": keep_versions_days}}
    rules = [{"ID": "unended-uploads", **whole, **unended}, {"ID": "old-versions", **whole, **old}]
    return [*rules, {"ID": "old-files", **whole, "Expiration": {"Days": expire_days}}] if expire_days else rules


def days(rules: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """``keep_versions_days`` and ``expire_days`` as rules have them; in words when they are not ours."""
    found = list(rules)
    keep = next((each["NoncurrentVersionExpiration"].get("NoncurrentDays") for each in found if _keeps(each)), 0)
    expire = next((each["Expiration"].get("Days") for each in found if "Expiration" in each), NEVER)
    if _meaning(found) == _meaning(lifecycle(keep, expire)):
        return {"keep_versions_days": keep, "expire_days": expire}
    return {"keep_versions_days": ELSE if found else "for ever", "expire_days": ELSE if found else NEVER}


def _keeps(rule: Mapping[str, Any]) -> bool:
    return "NoncurrentVersionExpiration" in rule


def _meaning(rules: Iterable[Mapping[str, Any]]) -> list[str]:
    """What they do, whatever they are called and in whichever order; an empty filter is the whole bucket."""
    plain = [{**each, "Filter": each.get("Filter") or {"Prefix": each.get("Prefix", "")}} for each in rules]
    said = [{key: value for key, value in each.items() if key not in ("ID", "Prefix")} for each in plain]
    return sorted(json.dumps(each, sort_keys=True) for each in said)


def cross_origin(origins: Iterable[str]) -> list[dict[str, Any]]:
    """Which websites' pages may read and upload."""
    rule = {"AllowedHeaders": ["*"], "AllowedMethods": list(_METHODS), "ExposeHeaders": ["ETag"]}
    return [{**rule, "AllowedOrigins": list(origins), "MaxAgeSeconds": 3000}] if origins else []


def origins_of(rules: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """The websites, or ("others",) when the rules are not ours."""
    found = [dict(each) for each in rules]
    said = tuple(found[0].get("AllowedOrigins", ())) if found else ()
    return said if _plain(found) == _plain(cross_origin(said)) else ("others",)


def _plain(rules: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    listed = [{key: sorted(each) if isinstance(each, list) else each for key, each in rule.items()} for rule in rules]
    return [{key: value for key, value in rule.items() if key != "ID"} for rule in listed]
