"""Whose a thing is that bears no tags, or not yet: one line of ours in a text that it does bear.

Records of Route 53 have no tags, so a TXT record beside them holds the line; a zone is tagged by a second call, so its
comment holds it until then (aws-reality 1.5).
"""

from __future__ import annotations

import re

from muvi_provision.aws.clients import Aws
from muvi_provision.naming import ADDRESS, ENVIRONMENT, LINEAGE, Ownership
from muvi_provision.resource import Resource

_MARK = re.compile(rf"{ENVIRONMENT}=(\S+) {ADDRESS}=(\S+) {LINEAGE}=(\S+)")


def mark(ownership: Ownership, address: str) -> str:
    """The line: ``muvi:env=uat muvi:address=dns-record/website muvi:lineage=0123456789abcdef``."""
    return f"{ENVIRONMENT}={ownership.env} {ADDRESS}={address} {LINEAGE}={ownership.lineage}"


def mark_name(name: str) -> str:
    """Where the line about a record stands; not at its own name, where a CNAME suffers no other (6.3 e)."""
    return f"_muvi.{name}"


def marked(text: str) -> dict[str, str]:
    """The tags that a text with the line in it stands for; none when there is no such line."""
    found = _MARK.search(text)
    return dict(zip((ENVIRONMENT, ADDRESS, LINEAGE), found.groups(), strict=True)) if found else {}


def tags_in(aws: Aws, resource: Resource, text: str) -> dict[str, str]:
    """The same, with the name that a tagged one of that resource bears."""
    told = marked(text)
    return {"Name": aws.physical(resource), **told} if told else {}
