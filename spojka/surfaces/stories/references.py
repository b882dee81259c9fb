"""Names that steps give to results, and texts that refer to them: `$eva.id`, `$contract.services[0].id`, `c$i`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from spojka.surfaces.stories.marked import REFERENCE, nearest

_PART: Final = re.compile(r"\.([A-Za-z_]\w*)|\[([^\]]+)\]")
_ANY: Final = re.compile(r"\$\$|\$\{(?P<braced>[^}]*)\}|(?P<bare>" + REFERENCE.pattern + ")")


class ReferenceUnknown(LookupError):
    """A `$name`, a field or an index does not exist; names the nearest."""


def _parts(reference: str) -> tuple[str, list[str | int]]:
    name = re.match(r"\w*", reference)
    assert name is not None
    parts: list[str | int] = []
    for found in _PART.finditer(reference, name.end()):
        field, index = found.groups()
        if field is not None:
            parts.append(field)
        else:
            parts.append(int(index) if re.fullmatch(r"-?\d+", index) else index)
    return name[0], parts


def names_in(value: Any) -> Iterator[str]:
    """The names that a written value refers to."""
    match value:
        case str():
            for found in _ANY.finditer(value):
                if found[0] != "$$":
                    yield _parts(found["braced"] if found["braced"] is not None else found["bare"][1:])[0]
        case dict():
            for inner in value.values():
                yield from names_in(inner)
        case list():
            for inner in value:
                yield from names_in(inner)


def _followed(reference: str, names: Mapping[str, Any]) -> Any:
    name, parts = _parts(reference)
    if name not in names:
        raise ReferenceUnknown(f"${name} names no earlier result{nearest(name, names)}")
    found, walked = names[name], f"${name}"
    for part in parts:
        match found:
            case dict() if str(part) in found:
                found = found[str(part)]
            case dict():
                raise ReferenceUnknown(f"{walked} has no {part!r}{nearest(str(part), found)}")
            case list() if isinstance(part, int) and -len(found) <= part < len(found):
                found = found[part]
            case list():
                raise ReferenceUnknown(f"{walked} has {len(found)} items and no [{part}]")
            case _:
                raise ReferenceUnknown(f"{walked} is {found!r} and has no parts")
        walked += f"[{part}]" if isinstance(part, int) else f".{part}"
    return found


def _as_text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def resolve(value: Any, names: Mapping[str, Any]) -> Any:
    """
    A written value with every reference followed; a text that is one reference becomes the value itself.

    Args:
        value: texts, lists and mappings.
        names: plain results by name; `$$` is a dollar sign.

    >>> resolve({"to": "$eva.id", "id": "c$i"}, {"eva": {"id": "7"}, "i": 2})
    {'to': '7', 'id': 'c2'}

    """
    match value:
        case str():
            whole = _ANY.fullmatch(value)
            if whole and value != "$$":
                return _followed(whole["braced"] if whole["braced"] is not None else whole["bare"][1:], names)

            def put(found: re.Match[str]) -> str:
                if found[0] == "$$":
                    return "$"
                inner = found["braced"] if found["braced"] is not None else found["bare"][1:]
                return _as_text(_followed(inner, names))

            return _ANY.sub(put, value)
        case dict():
            return {key: resolve(inner, names) for key, inner in value.items()}
        case list():
            return [resolve(inner, names) for inner in value]
        case _:
            return value
