"""Whether a function's entry is among its files: ``index.handler`` is ``handler`` in ``index.js``. Pure.

Only of languages that are not compiled can that be told.
"""

from __future__ import annotations

from collections.abc import Collection

_ENDINGS = {
    "nodejs": (".js", ".mjs", ".cjs"),
    "python": (".py", ".pyc", ".so", "/__init__.py"),
    "ruby": (".rb",),
}
_PROGRAM = "bootstrap"  # what Lambda starts of a runtime that one brings along


def complaint(entry: str, runtime: str, names: Collection[str]) -> str:
    """What is wrong with files of these names, or ""."""
    wanted = files(entry, runtime)
    if not wanted or any(name in names for name in wanted):
        return ""
    tops = {name.partition("/")[0] for name in names}
    deeper = next((f"{top}/{name}" for top in tops for name in wanted if f"{top}/{name}" in names), "")
    if len(tops) == 1 and deeper:
        return f"{wanted[0]} is not at the top of it, but at {deeper}: pack what is in that folder, not the folder"
    return f"there is no {' or '.join(wanted)} in it"


def files(entry: str, runtime: str) -> tuple[str, ...]:
    """The files one of which must be there; none where nobody can tell."""
    if runtime.startswith("provided"):
        return (_PROGRAM,)
    endings = next((ends for language, ends in _ENDINGS.items() if runtime.startswith(language)), ())
    module = entry.rpartition(".")[0].removeprefix("./")
    if runtime.startswith("python"):
        module = module.replace(".", "/")
    return tuple(f"{module}{ending}" for ending in endings)
