"""Long documents told apart in a few letters, so that a plan can say that one differs without printing it. Pure."""

from __future__ import annotations

import hashlib
import json

from muvi_provision.references import Unknown, mentions, plain


def fingerprint(document: object) -> str:
    """Twelve hexadecimal digits of what a JSON document means; the first output it waits for while it does."""
    document = plain(document)
    for address, output in mentions(document):
        return str(Unknown(address, output))
    spelt = json.dumps(document, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(spelt.encode()).hexdigest()[:12]
