"""A YAML file as values whose every key and value remembers its line and column."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import yaml

from muvi_provision.environment.section import KeyPath

_MERGE = "tag:yaml.org,2002:merge"
_KNOWN_TAGS = ("tag:yaml.org,2002:map", "tag:yaml.org,2002:seq")
_PROBLEMS = {
    "found character '\\t' that cannot start any token": "a tab stands where YAML takes only spaces",
    "mapping values are not allowed here": "a colon is not expected here: look at the indentation and the line above",
    "could not find expected ':'": "a colon is missing after this key",
    "expected <block end>, but found": "this line does not line up with the ones above",
}


class Position(NamedTuple):
    """Line and column, both from 1."""

    line: int
    column: int


@dataclass(slots=True)
class Document:
    """What a file says, right or wrong: lists are tuples, keys are always text.

    ``unquoted`` holds the source text of scalars without quotes, ``complaints`` what is wrong with the YAML itself,
    ``judged`` the paths of values among these. ``readable`` is False when nothing could be made of the file.
    """

    values: dict[str, Any] = field(default_factory=dict)
    keys: dict[KeyPath, Position] = field(default_factory=dict)
    places: dict[KeyPath, Position] = field(default_factory=dict)
    unquoted: dict[KeyPath, str] = field(default_factory=dict)
    complaints: list[tuple[Position, str]] = field(default_factory=list)
    judged: set[KeyPath] = field(default_factory=set)
    readable: bool = True

    def position(self, path: KeyPath) -> Position:
        """Where the value at ``path`` stands; for a group its key; for what is missing the key of what lacks it."""
        return self.places.get(path) or self.key_position(path)

    def key_position(self, path: KeyPath) -> Position:
        """Where the key at ``path`` stands, or the nearest one around it; the top of the file for none."""
        while path and path not in self.keys:
            path = path[:-1]
        return self.keys[path] if path else Position(1, 1)


def read(source: bytes) -> Document:
    """The document in ``source`` (UTF-8). Never raises: what is wrong is in ``complaints``."""
    try:
        text = source.decode("utf-8-sig")
        loader = yaml.SafeLoader(text)
        root = loader.get_single_node()
    except UnicodeDecodeError as error:
        return _unreadable(
            _after(source[: error.start].decode("utf-8")), "this character is not UTF-8: save it as UTF-8"
        )
    except yaml.reader.ReaderError as error:
        return _unreadable(_after(text[: error.position]), "a character that cannot be printed stands here")
    except yaml.MarkedYAMLError as error:
        return _unreadable(_at(error.problem_mark or error.context_mark), _problem(error))
    except RecursionError:
        return _unreadable(Position(1, 1), "groups and lists are nested too deeply to read")
    if not isinstance(root, yaml.MappingNode):
        return _unreadable(Position(1, 1), 'the file holds no keys: it begins with "name: uat" or the like')
    return _Walk(loader).through(root)


class _Walk:
    """Goes through the nodes once, building values and noting positions."""

    def __init__(self, loader: yaml.SafeLoader) -> None:
        self.loader = loader
        self.document = Document()
        self.open: list[yaml.Node] = []
        self.merged: dict[int, list[tuple[yaml.Node, yaml.Node]]] = {}

    def through(self, root: yaml.MappingNode) -> Document:
        self.document.values = self.value(root, ())
        return self.document

    def value(self, node: yaml.Node, path: KeyPath) -> Any:
        """The value of a node; None, with a complaint, where YAML itself makes none of it."""
        if not isinstance(node, yaml.MappingNode) or (path and isinstance(path[-1], int)):
            self.document.places[path] = _at(node.start_mark)
        if any(node is outer for outer in self.open):
            return self.refuse(node, path, "this refers to itself")
        if isinstance(node, yaml.ScalarNode):
            return self.scalar(node, path)
        if node.tag not in _KNOWN_TAGS:
            return self.refuse(node, path, f"the tag {node.tag} means nothing here")
        self.open.append(node)
        made = self.mapping(node, path) if isinstance(node, yaml.MappingNode) else self.sequence(node, path)
        self.open.pop()
        return made

    def scalar(self, node: yaml.ScalarNode, path: KeyPath) -> Any:
        if node.style is None:
            self.document.unquoted[path] = node.value
        try:
            return self.loader.construct_object(node)
        except (yaml.MarkedYAMLError, ValueError):
            return self.refuse(node, path, f'"{node.value}" cannot be read: put it in quotes')

    def sequence(self, node: yaml.Node, path: KeyPath) -> tuple[Any, ...]:
        return tuple(self.value(member, (*path, index)) for index, member in enumerate(node.value))

    def mapping(self, node: yaml.MappingNode, path: KeyPath) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for key, member in self.pairs(node):
            if not isinstance(key, yaml.ScalarNode):
                self.complain(key, "a key must be a word")
                continue
            place = (*path, str(key.value))
            self.document.keys[place] = _at(key.start_mark)
            made[key.value] = self.value(member, place)
        return made

    def pairs(self, node: yaml.MappingNode) -> list[tuple[yaml.Node, yaml.Node]]:
        """Keys and values, ``<<`` resolved, each key once: a node met again through an alias is not judged again."""
        if id(node) not in self.merged:
            own = list(self.own(node))
            node.value = [pair for pair in node.value if pair[0].tag == _MERGE] + own
            try:
                self.loader.flatten_mapping(node)
            except yaml.MarkedYAMLError as error:
                self.complain(node, _problem(error))
            self.merged[id(node)] = node.value
        return self.merged[id(node)]

    def own(self, node: yaml.MappingNode) -> Iterator[tuple[yaml.Node, yaml.Node]]:
        first: dict[str, Position] = {}
        for key, member in node.value:
            if key.tag == _MERGE:
                continue
            name = str(key.value)
            if name in first:
                self.complain(key, f'"{name}" is here twice: the first is on line {first[name].line}')
                continue
            first[name] = _at(key.start_mark)
            yield key, member

    def refuse(self, node: yaml.Node, path: KeyPath, text: str) -> None:
        """Complain of a value, so that nobody complains of the nothing that stands for it."""
        self.document.judged.add(path)
        self.complain(node, text)

    def complain(self, node: yaml.Node, text: str) -> None:
        self.document.complaints.append((_at(node.start_mark), text))


def _unreadable(position: Position, text: str) -> Document:
    return Document(complaints=[(position, text)], readable=False)


def _at(mark: yaml.Mark | None) -> Position:
    return Position(mark.line + 1, mark.column + 1) if mark else Position(1, 1)


def _after(text: str) -> Position:
    return Position(text.count("\n") + 1, len(text) - text.rfind("\n"))


def _problem(error: yaml.MarkedYAMLError) -> str:
    problem = str(error.problem)
    plain = next((words for start, words in _PROBLEMS.items() if problem.startswith(start)), "")
    return plain or f"this is not valid YAML: {problem}"
