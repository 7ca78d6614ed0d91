"""Day 3."""

from __future__ import annotations

from muvi_provision.aws.patience_rows.row import Patience

# Only what an object we have just made can cause; the limits are those of aws-reality.md 1.6.
CREATING: tuple[Patience, ...] = ()

# While these are answered the object stands on something that is still being taken away: limits of aws-reality.md 8.3.
DELETING: tuple[Patience, ...] = ()
