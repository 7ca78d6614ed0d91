"""Files a person asked for."""

from __future__ import annotations

from pathlib import Path

from muvi_provision.errors import UsageError


def written(path: Path, text: str, option: str = "--out") -> None:
    """Writes a file in UTF-8. Raises UsageError when it cannot be."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{path} cannot be written", where=option, why=error.strerror or str(error)) from error
