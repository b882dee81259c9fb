"""An answer in words: what its refusal or the rules behind it say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

from spojka.access.operations.outcome import Outcome
from spojka.terms.clauses import Language
from spojka.terms.findings import Finding
from spojka.terms.refusals import explain_refusal


def findings_within(value: Any) -> Iterator[Finding[Any]]:
    """Every finding inside a result, outer ones first."""
    match value:
        case Finding():
            yield value
            yield from findings_within(value.value)
        case dict():
            for inner in value.values():
                yield from findings_within(inner)
        case list() | tuple():
            for inner in value:
                yield from findings_within(inner)
        case _ if is_dataclass(value) and not isinstance(value, type):
            for field in fields(value):
                yield from findings_within(getattr(value, field.name))


def _texts_within(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            for inner in value.values():
                yield from _texts_within(inner)
        case list():
            for inner in value:
                yield from _texts_within(inner)


def explanation_of(outcome: Outcome, language: Language) -> str:
    """An answer in words: its refusal, or its findings one a line, or where it has none the texts it consists of."""
    if outcome.refusal is not None:
        return explain_refusal(outcome.refusal, language)
    said = dict.fromkeys(finding.explain(language) for finding in findings_within(outcome.result))
    return "\n".join(said or _texts_within(outcome.plain))


def said_of(outcome: Outcome, language: Language = "en") -> str:
    """Only what a refusal or the rules behind an answer say; empty where there is neither."""
    if outcome.refusal is None and next(findings_within(outcome.result), None) is None:
        return ""
    return explanation_of(outcome, language)
