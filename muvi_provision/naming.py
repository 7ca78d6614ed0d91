"""Names within AWS's limits, and the tags that say an object is ours. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

ENVIRONMENT, ADDRESS, LINEAGE = "muvi:env", "muvi:address", "muvi:lineage"


@dataclass(frozen=True)
class Ownership:
    """Whose objects these are: the environment's name and the random lineage of its state."""

    env: str
    lineage: str

    def tags(self, address: str, name: str) -> dict[str, str]:
        """The four tags everything taggable bears."""
        return {"Name": name, ENVIRONMENT: self.env, ADDRESS: address, LINEAGE: self.lineage}

    def owns(self, tags: Mapping[str, str], address: str) -> bool:
        """Whether an object with these tags is ours and the one of that address."""
        return tags.get(ENVIRONMENT) == self.env and tags.get(LINEAGE) == self.lineage and tags.get(ADDRESS) == address


def physical(env: str, name: str, limit: int) -> str:
    """``uat-main``; a longer one is cut and ends in a hash of the whole, so that it stays unique and stable."""
    full = f"{env}-{name}"
    if len(full) <= limit:
        return full
    digest = hashlib.sha256(full.encode()).hexdigest()[:6]
    return f"{full[: limit - 7].rstrip('-')}-{digest}"
