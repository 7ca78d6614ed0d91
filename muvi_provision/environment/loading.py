"""From the name of an environment to its file, and from the file to a checked model."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from pydantic import ValidationError

from muvi_provision.environment.checks import complaints as cross_complaints
from muvi_provision.environment.complaints import path_of, sentence
from muvi_provision.environment.document import Document, Position, read
from muvi_provision.environment.draft import Draft
from muvi_provision.environment.models import Environment
from muvi_provision.environment.names import nearest
from muvi_provision.environment.section import KeyPath
from muvi_provision.errors import EnvironmentInvalid, EnvironmentMissing

SUFFIX = ".yaml"


def load(path: Path) -> Environment:
    """The environment that the file at ``path`` describes.

    Raises:
        EnvironmentMissing: there is no such file, or it cannot be read.
        EnvironmentInvalid: the file is not valid; every complaint at once, in file order, as ``file:line:column: text``
            with line and column from 1.
    """
    document = read(_bytes(path))
    environment, found = _judged(document)
    if environment is None or found:
        lines = tuple(f"{path}:{place.line}:{place.column}: {_printable(text)}" for place, text in sorted(set(found)))
        raise EnvironmentInvalid(lines, where=str(path), next=(f"muvi config validate -e {_option(path)}",))
    return environment


def find_environment(name_or_path: str, folders: Sequence[Path]) -> Path:
    """The file of an environment: ``uat`` is ``uat.yaml`` in the first folder that has one, anything else is a path.

    Raises:
        EnvironmentMissing: neither; names what there is, nearest first in ``next``.
    """
    plain = Path(name_or_path).name == name_or_path
    named = [folder / f"{name_or_path}{SUFFIX}" for folder in folders if plain]
    for candidate in (*named, Path(name_or_path)):
        if candidate.is_file():
            return candidate
    raise _missing(name_or_path, folders)


def _missing(name: str, folders: Sequence[Path]) -> EnvironmentMissing:
    there = sorted({file.stem for folder in folders for file in folder.glob(f"*{SUFFIX}")})
    hint = nearest(Path(name).stem, there)
    best = hint.split('"')[1] if hint else (there[0] if there else "")
    return EnvironmentMissing(
        f'there is no environment "{name}"{hint}',
        where=", ".join(str(folder) for folder in folders),
        why=f"there is {', '.join(there)}" if there else "there is none yet",
        next=(*((f"muvi config validate -e {best}",) if best else ()), "muvi init"),
    )


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        reason = error.strerror or str(error)
        raise EnvironmentMissing(f"{path} cannot be read", where=str(path), why=reason, next=("muvi init",)) from error


def _option(path: Path) -> str:
    """What to type after ``-e``: the name where the name finds this file, else the path."""
    if path.parent.name == "environments" and path.suffix == SUFFIX:
        return path.stem
    return f'"{path}"' if " " in str(path) else str(path)


def _printable(text: str) -> str:
    """One line whatever the file holds: line ends and control characters as their escapes."""
    return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in text)


def _judged(document: Document) -> tuple[Environment | None, list[tuple[Position, str]]]:
    found = list(document.complaints)
    if not document.readable:
        return None, found
    numbers = dict(_unquoted_accounts(document))
    found += [(document.position(path), text) for path, text in numbers.items()]
    found += [(document.position(path), text) for path, text in cross_complaints(Draft(document.values))]
    try:
        return Environment.model_validate(document.values), found
    except ValidationError as errors:
        return None, found + list(_refused(document, errors, document.judged | set(numbers)))


def _refused(document: Document, errors: ValidationError, said: set[KeyPath]) -> Iterator[tuple[Position, str]]:
    """What the models refuse, but for values of which something better was said already."""
    for error in errors.errors():
        path, of_key = path_of(error)
        if path not in said:
            yield document.key_position(path) if of_key else document.position(path), sentence(error)


def _unquoted_accounts(document: Document) -> Iterator[tuple[KeyPath, str]]:
    for path, text in document.unquoted.items():
        if (path == ("account",) or path[:2] == ("production", "accounts")) and text[:1].isdecimal():
            yield path, f'put it in quotes: "{text}" (without them YAML reads a number, and a leading zero is lost)'
