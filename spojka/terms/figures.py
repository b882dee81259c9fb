"""Whether a clause says what it sets: every figure of its terms stands in its own words, in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, get_args

from babel.dates import format_date

from spojka.terms.clauses import Clause, Language
from spojka.terms.editions import Edition, line_of

_SAID: Final = {
    "cs": re.compile(r"\d+(?:\N{NO-BREAK SPACE}\d{3})*(?:,\d+)?"),
    "en": re.compile(r"\d+(?:[,\N{NO-BREAK SPACE}]\d{3})*(?:\.\d+)?"),
}
_GROUPS: Final = {"cs": re.compile("\N{NO-BREAK SPACE}"), "en": re.compile("[\N{NO-BREAK SPACE},]")}
_SET: Final = re.compile(r"\d+(?:\.\d+)?")
_MONTH_AND_DAY: Final = re.compile(r"(\d\d)-(\d\d)")
_DAY_AND_MONTH: Final = {"cs": "d. MMMM", "en": "d MMMM"}
LANGUAGES: Final[tuple[Language, ...]] = get_args(Language)


@dataclass(frozen=True, slots=True)
class UnsaidFigure:
    """
    Figures of a term that the words of its clause do not say.

    Args:
        clause: the clause's number in its document.
        term: the term's dotted name.
        value: what the clause sets it to.
        language: of the words that lack them.
        figures: what is lacking, as it is written in the value; a day or an address as it is to be written.
        line: 1-based line of those words.

    """

    clause: str
    term: str
    value: object
    language: Language
    figures: tuple[str, ...]
    line: int


def numbers_in(words: str, language: Language) -> frozenset[Decimal]:
    """
    The numbers that a text holds, written as its language writes them.

    >>> sorted(numbers_in("1\u00a0600,00 Kč a 8:30", "cs"))
    [Decimal('8'), Decimal('30'), Decimal('1600.00')]
    >>> sorted(numbers_in("1,600.00 CZK", "en"))
    [Decimal('1600.00')]
    """
    found = (_GROUPS[language].sub("", number) for number in _SAID[language].findall(words))
    return frozenset(Decimal(number.replace(",", ".")) for number in found)


def unsaid_in(value: object, words: str, language: Language) -> tuple[str, ...]:
    """The figures of one value that a text does not say; none for yes, no, and values without figures."""
    if isinstance(value, bool):
        return ()
    if isinstance(value, list):
        return tuple(figure for one in value for figure in unsaid_in(one, words, language))
    whole = _said_whole(value, language)
    if whole is not None:
        return () if whole in words else (whole,)
    said = numbers_in(words, language)
    return tuple(figure for figure in _SET.findall(str(value)) if Decimal(figure) not in said)


def _said_whole(value: object, language: Language) -> str | None:
    """How a day, a day of every year or a web address stands in words; nothing for other values."""
    if isinstance(value, date):
        return format_date(value, f"{_DAY_AND_MONTH[language]} y", locale=language)
    text = str(value)
    if text.startswith("http"):
        return text
    if holiday := _MONTH_AND_DAY.fullmatch(text):
        leap_year = 2000  # 29 February is a day of it
        day = date(leap_year, int(holiday[1]), int(holiday[2]))
        return format_date(day, _DAY_AND_MONTH[language], locale=language)
    return None


def unsaid_figures(edition: Edition, text: str) -> tuple[UnsaidFigure, ...]:
    """
    Every figure that a clause sets and does not say, in the document's order.

    Args:
        edition: read from `text`.
        text: the TOML, for the lines.

    """
    return tuple(
        unsaid
        for number, clause in edition.clauses.items()
        for language in LANGUAGES
        for unsaid in _of_clause(number, clause, language, line_of(text, "clause", number, language))
    )


def _of_clause(number: str, clause: Clause, language: Language, line: int) -> Iterator[UnsaidFigure]:
    words = clause.words(language)
    for term, value in clause.sets.items():
        figures = unsaid_in(value, words, language)
        if figures:
            yield UnsaidFigure(number, term, value, language, figures, line)
