"""The OpenAPI description of every call: arguments by their declared types, refusals by their codes."""

from __future__ import annotations

from typing import Any, Final

from pydantic import TypeAdapter
from pydantic.errors import PydanticInvalidForJsonSchema

from spojka.access.operations.registry import Operation
from spojka.surfaces.api.answering import KEY_HEADER

_REF: Final = "#/components/schemas/{model}"

_REFUSAL: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["refusal"],
    "properties": {
        "refusal": {
            "type": "object",
            "required": ["code", "clauses", "figures", "words"],
            "properties": {
                "code": {"type": "string", "description": "one meaning, one code"},
                "clauses": {"type": "array", "items": {"type": "string"}, "description": "ids like nej/1.8"},
                "figures": {"type": "object"},
                "words": {"type": "string", "description": "in the language of Accept-Language"},
            },
        },
    },
}
_DONE: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["result", "cites", "replayed"],
    "properties": {
        "result": {"description": "money as '12.50 CZK', instants and days as ISO 8601, findings as their values"},
        "cites": {"type": "array", "items": {"type": "string"}, "description": "clauses that the result rests on"},
        "replayed": {"type": "boolean", "description": "the key was used before; this is the first answer"},
    },
}
_PROBLEMS: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {"problems": {"type": "object", "additionalProperties": {"type": "string"}}},
}
COMPONENTS: Final = {"Done": _DONE, "Refused": _REFUSAL, "Problems": _PROBLEMS}
"""Schemas that all calls share."""


def _content(name: str) -> dict[str, Any]:
    return {"application/json": {"schema": {"$ref": _REF.format(model=name)}}}


def _schema(kind: TypeAdapter[Any], shared: dict[str, Any]) -> dict[str, Any]:
    try:
        found = kind.json_schema(ref_template=_REF)
    except PydanticInvalidForJsonSchema:
        return {}
    shared |= found.pop("$defs", {})
    return found


def body_of(called: Operation, shared: dict[str, Any]) -> dict[str, Any]:
    """The JSON object of a call's arguments; types used by several are put into `shared`."""
    properties = {argument.name: _schema(argument.adapter, shared) for argument in called.arguments}
    body: dict[str, Any] = {"type": "object", "properties": properties, "additionalProperties": False}
    required = [argument.name for argument in called.arguments if argument.required]
    return body | ({"required": required} if required else {})


def extra_of(called: Operation, shared: dict[str, Any]) -> dict[str, Any]:
    """What OpenAPI says of one call beyond its address."""
    codes = ", ".join(called.refusals) or "none of its own"
    extra: dict[str, Any] = {
        "requestBody": {"content": {"application/json": {"schema": body_of(called, shared)}}, "required": True},
        "responses": {
            200: {"description": "Done", "content": _content("Done")},
            400: {"description": "The arguments do not fit", "content": _content("Problems")},
            401: {"description": "No token, or a wrong one"},
            403: {"description": f"The permission {called.permission} is missing", "content": _content("Refused")},
            404: {"description": "There is no such thing, or none of yours", "content": _content("Refused")},
            429: {"description": "Too many calls; Retry-After says when to try again", "content": _content("Refused")},
            422: {"description": f"Refused: {codes}", "content": _content("Refused")},
        },
    }
    if called.kind == "operation":
        key = {"name": KEY_HEADER, "in": "header", "schema": {"type": "string"}, "description": "done once a key"}
        extra["parameters"] = [key]
    return extra
