"""One row of the tables of patience."""

from __future__ import annotations

import fnmatch
from dataclasses import dataclass


@dataclass(frozen=True)
class Patience:
    """One row: while this operation answers this code (with this phrase), try again for so many seconds, because.

    usual: how many it usually takes. look: the object may be gone already, so it is looked for again.
    lasting: the reason is not that something is new, so the limit holds however old is what it stands on.
    """

    operation: str
    code: str
    phrase: str
    limit: float
    why: str
    usual: float = 1.0
    look: bool = False
    lasting: bool = False

    def covers(self, operation: str, code: str, message: str) -> bool:
        named = fnmatch.fnmatchcase(operation, self.operation) and fnmatch.fnmatchcase(code, self.code)
        return named and self.phrase.lower() in message.lower()
