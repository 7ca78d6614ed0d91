"""Day 5."""

from __future__ import annotations

from muvi_provision.aws.patience_rows.row import Patience

CREATING: tuple[Patience, ...] = ()

# While these are answered the object stands on something that is still being taken away: limits of aws-reality 8.3.
DELETING: tuple[Patience, ...] = ()
