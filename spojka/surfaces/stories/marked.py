"""YAML as texts, lists and mappings that know their lines; duplicate keys are errors, no type is guessed."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from yaml.tokens import ScalarToken

REFERENCE: Final = re.compile(r"\$[A-Za-z_]\w*(?:\.[A-Za-z_]\w*|\[[^\]\n]+\])*")
"""A name given by `as`, with fields and indexes: `$eva_contract.services[0].id`."""

_NOTHING: Final = frozenset({"", "~", "null"})


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands: a file's name and a 1-based line."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong in a file, and where."""

    place: Place
    text: str

    def __str__(self) -> str:
        return f"{self.place}: {self.text}"


class StoryWrong(ValueError):
    """
    A file of stories cannot be run as it is written: every problem with file, line and what is expected there.

    Args:
        problems: at least one, in the order of the file.

    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class Mapping(dict[str, Any]):
    """A mapping with the line of each key."""

    def __init__(self, place: Place) -> None:
        super().__init__()
        self.place = place
        self.places: dict[str, Place] = {}


class Sequence(list[Any]):
    """A list with the line of each item."""

    def __init__(self, place: Place) -> None:
        super().__init__()
        self.place = place
        self.places: list[Place] = []


class _Loader(yaml.SafeLoader):
    """Reads `$name[0].field` as one plain text inside `{…}` and `[…]` too, where YAML would end it at the bracket."""

    def scan_plain(self) -> Any:
        if self.flow_level and self.peek() == "$":
            found = REFERENCE.match(self.buffer, self.pointer)
            if found and "[" in found[0]:
                start = self.get_mark()
                self.forward(len(found[0]))
                self.allow_simple_key = False
                return ScalarToken(found[0], True, start, self.get_mark())
        return super().scan_plain()


def nearest(word: str, known: Iterable[str]) -> str:
    """
    A hint to the nearest known words, or the whole list when it is short.

    >>> nearest("retuns", ["returns", "refused"])
    '; did you mean returns?'
    """
    names = list(known)
    close = difflib.get_close_matches(word, names, n=3)
    if close:
        return f"; did you mean {' or '.join(close)}?"
    return f"; known: {', '.join(names)}" if names and len(names) <= 30 else ""


def wrong(place: Place, text: str) -> StoryWrong:
    """One problem as an error."""
    return StoryWrong([Problem(place, text)])


def _value(node: Node, file: str) -> Any:
    place = Place(file, node.start_mark.line + 1)
    match node:
        case ScalarNode():
            if not node.tag.startswith("tag:yaml.org,2002:"):
                raise wrong(place, f"the tag {node.tag} means nothing here; values get their type from the operation")
            return None if node.style is None and node.value in _NOTHING else str(node.value)
        case SequenceNode():
            items = Sequence(place)
            for item in node.value:
                items.append(_value(item, file))
                items.places.append(Place(file, item.start_mark.line + 1))
            return items
        case MappingNode():
            return _mapping(node, place)
    raise wrong(place, f"{type(node).__name__} is no text, list or mapping")


def _mapping(node: MappingNode, place: Place) -> Mapping:
    mapping = Mapping(place)
    for key_node, value_node in node.value:
        here = Place(place.file, key_node.start_mark.line + 1)
        if not isinstance(key_node, ScalarNode):
            raise wrong(here, "a key is a text")
        key = str(key_node.value)
        if key in mapping:
            raise wrong(here, f"the key {key!r} stands twice, first in line {mapping.places[key].line}")
        mapping[key] = _value(value_node, place.file)
        mapping.places[key] = here
    return mapping


def read_documents(text: str, file: str) -> Iterator[Any]:
    """The YAML documents of a text, empty ones left out; raises `StoryWrong`."""
    try:
        for node in yaml.compose_all(text, Loader=_Loader):
            if node is not None and not (isinstance(node, ScalarNode) and node.value == ""):
                yield _value(node, file)
    except yaml.YAMLError as bad:
        mark = getattr(bad, "problem_mark", None)
        reason = getattr(bad, "problem", None) or str(bad)
        raise wrong(Place(file, mark.line + 1 if mark else 1), f"not readable as YAML: {reason}") from bad


def place_within(marked: Any, path: Iterable[str | int], otherwise: Place) -> Place:
    """The place of the innermost part that a path of keys and indexes reaches."""
    found = getattr(marked, "place", otherwise)
    for part in path:
        match marked:
            case Mapping() if isinstance(part, str) and part in marked:
                found, marked = marked.places[part], marked[part]
            case Sequence() if isinstance(part, int) and part < len(marked):
                found, marked = marked.places[part], marked[part]
            case _:
                return found
    return found
