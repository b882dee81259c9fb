"""
What a pure rule found: the value, the facts it was applied to, the terms used; so the clauses follow.

    @rule(cs="Úrok z prodlení {result}: {owed} × …", en="Interest {result}: {owed} × …")
    def late_interest(*, owed: Money, days_late: int, rate: Term[Fraction]) -> Money: ...

    finding = late_interest(owed=…, days_late=25, rate=terms.late_interest)
    finding.value, finding.clauses, finding.explain("cs")

A stored finding is the rule's name, its version and the facts. Reading it back re-runs the rule; a rule whose meaning
changes gets a new version and the old one stays callable.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Generic, ParamSpec, TypeVar, cast

from spojka.kernel.refusals import Refusal
from spojka.terms.clauses import ClauseRef, Language, Term
from spojka.terms.storing import from_stored, to_stored
from spojka.terms.wording import fill

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
P = ParamSpec("P")

Titles = Callable[[ClauseRef, Language], str]
"""Names a clause for a reader: `Nej MOBIL, provozní řád 2021-08, čl. 2.11`."""


class RuleUnknown(LookupError):
    """A stored finding names a rule or a version that is not callable any more."""


class FindingChanged(ValueError):
    """A rule, re-run on stored facts, found another value than the stored one: its meaning changed, not its version."""


@dataclass(frozen=True)
class Finding(Generic[T_co]):
    """
    A value with its reasons.

    Args:
        value: what was found.
        rule: the rule that found it.
        facts: what it was applied to, by name; terms among them carry their clauses, findings carry theirs.

    """

    value: T_co
    rule: Rule[..., Any]
    facts: Mapping[str, object]

    @property
    def refs(self) -> tuple[ClauseRef, ...]:
        """The clauses it rests on, findings underneath included, each once."""
        return tuple(dict.fromkeys(_refs(self.facts)))

    @property
    def clauses(self) -> tuple[str, ...]:
        """Ids of those clauses."""
        return tuple(dict.fromkeys(ref.id for ref in self.refs))

    def explain(self, language: Language, titles: Titles | None = None) -> str:
        """The finding in words with its figures and clauses."""
        template = self.rule.cs if language == "cs" else self.rule.en
        shown = {name: _shown(fact) for name, fact in self.facts.items()}
        text = fill(template, {**shown, "result": self.value}, language)
        name = titles or (lambda ref, _language: ref.id)
        cited = "; ".join(dict.fromkeys(name(ref, language) for ref in self.refs))
        return f"{text} ({cited})" if cited else text

    def stored(self) -> dict[str, object]:
        """As JSON-ready data that `read_finding` re-runs."""
        return {
            "rule": self.rule.name,
            "version": self.rule.version,
            "facts": {name: _store(fact) for name, fact in self.facts.items()},
            "value": to_stored(self.value),
        }


def _shown(fact: object) -> object:
    return fact.value if isinstance(fact, Finding) else fact


def _store(fact: object) -> object:
    return {"$finding": fact.stored()} if isinstance(fact, Finding) else to_stored(fact)


def _refs(facts: object) -> Iterator[ClauseRef]:
    match facts:
        case Finding():
            yield from facts.refs
        case Term():
            yield facts.ref
        case Mapping():
            for fact in facts.values():
                yield from _refs(fact)
        case list() | tuple():
            for fact in facts:
                yield from _refs(fact)


class Rule(Generic[P, T_co]):
    """A pure function registered by name and version; calling it gives a `Finding`."""

    def __init__(self, function: Callable[P, T_co], version: int, cs: str, en: str) -> None:
        self.function, self.version, self.cs, self.en = function, version, cs, en
        self.name = function.__name__
        self.__doc__ = function.__doc__
        self.__wrapped__ = function

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> Finding[T_co]:
        """Apply the rule to facts given by name."""
        assert not args, f"{self.name} takes its facts by name"
        bare = {name: fact.value if isinstance(fact, Finding) else fact for name, fact in kwargs.items()}
        return Finding(cast("Callable[..., T_co]", self.function)(**bare), self, kwargs)


_rules: Final[dict[tuple[str, int], Rule[..., Any]]] = {}


def rule(*, cs: str, en: str, version: int = 1) -> Callable[[Callable[P, T]], Rule[P, T]]:
    """
    Register a pure rule with the sentences that explain it; `{result}` and the facts' names are filled in.

    A fact may itself be a `Finding`: the rule sees its value and the new finding rests on it.
    """

    def register(function: Callable[P, T]) -> Rule[P, T]:
        made = Rule(function, version, cs, en)
        key = (made.name, version)
        if key in _rules and _rules[key].function.__module__ != function.__module__:
            raise ValueError(f"rule {made.name} version {version} stands in two modules")
        _rules[key] = made
        return made

    return register


def read_finding(stored: Mapping[str, Any]) -> Finding[Any]:
    """Re-run a stored finding; raises `RuleUnknown`, or `FindingChanged` when the rule finds another value today."""
    known = _rules.get((stored["rule"], stored["version"]))
    if known is None:
        raise RuleUnknown(f"rule {stored['rule']} version {stored['version']} is not callable")
    facts = {name: _restore(fact) for name, fact in stored["facts"].items()}
    finding: Finding[Any] = known(**facts)
    if to_stored(finding.value) != stored["value"]:
        raise FindingChanged(f"{known.name} finds {finding.value!r}, stored is {stored['value']!r}")
    return finding


def _restore(fact: object) -> object:
    if isinstance(fact, dict) and "$finding" in fact:
        return read_finding(fact["$finding"])
    return from_stored(fact)


def resting_on(finding: Finding[T]) -> T:
    """A finding given as a fact: the rule sees its value, and what it finds rests on it."""
    return cast("T", finding)


def refuse(code: str, *terms: Term[Any] | Finding[Any] | None, figures: Mapping[str, object] | None = None) -> Refusal:
    """A refusal that rests on the clauses of the given terms and findings."""
    refs = dict.fromkeys(ref.id for part in terms if part is not None for ref in _refs(part))
    return Refusal(code, tuple(refs), {} if figures is None else dict(figures))
