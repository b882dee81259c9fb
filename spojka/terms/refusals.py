"""The words of every refusal in Czech and English: the cause with its figures, and what to do next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from spojka.kernel.refusals import Refusal
from spojka.terms.clauses import Language
from spojka.terms.wording import fill


@dataclass(frozen=True, slots=True)
class RefusalWords:
    """A code's words; `{name}` places take the refusal's figures. `also` are other spellings of the same code."""

    code: str
    cs: str
    en: str
    also: tuple[str, ...] = ()


_words: Final[dict[str, RefusalWords]] = {}
_spellings: Final[dict[str, str]] = {}


def define_refusal(code: str, *, cs: str, en: str, also: tuple[str, ...] = ()) -> str:
    """Register a code with its words, once; returns the code."""
    if code in _words and _words[code] != RefusalWords(code, cs, en, also):
        raise ValueError(f"refusal {code} is defined twice")
    _words[code] = RefusalWords(code, cs, en, also)
    for spelling in also:
        _spellings[spelling.upper()] = code
    return code


def canonical(code: str) -> str:
    """The one code that a spelling stands for."""
    upper = code.upper()
    return _spellings.get(upper, upper)


def all_refusals() -> tuple[RefusalWords, ...]:
    """Every defined refusal, by code."""
    return tuple(_words[code] for code in sorted(_words))


def explain_refusal(refusal: Refusal, language: Language) -> str:
    """The refusal in words, with its figures and clauses."""
    words = _words[refusal.code]
    text = fill(words.cs if language == "cs" else words.en, refusal.figures, language)
    return f"{text} ({'; '.join(refusal.clauses)})" if refusal.clauses else text
