"""What changed between two editions of one document: clauses added, removed, reworded; terms with both values."""

from __future__ import annotations

from dataclasses import dataclass

from spojka.terms.editions import Edition


@dataclass(frozen=True, slots=True)
class TermChange:
    """One term's change; `None` where it was or is not set."""

    clause: str
    name: str
    before: object | None
    after: object | None


@dataclass(frozen=True, slots=True)
class EditionChanges:
    """What a reader of the new edition must know; clause numbers in the document's order."""

    before: str
    after: str
    added: tuple[str, ...]
    removed: tuple[str, ...]
    reworded: tuple[str, ...]
    terms: tuple[TermChange, ...]


def what_changed(before: Edition, after: Edition) -> EditionChanges:
    """Compare two editions of one document; raises `ValueError` for two documents."""
    if before.document != after.document:
        raise ValueError(f"{before.document} and {after.document} are two documents")
    shared = [number for number in after.clauses if number in before.clauses]
    names = dict.fromkeys([*before.sets, *after.sets])
    terms = []
    for name in names:
        old, new = before.sets.get(name), after.sets.get(name)
        old_value = old.sets[name] if old else None
        new_value = new.sets[name] if new else None
        if old_value != new_value:
            holder = new or old
            assert holder is not None
            terms.append(TermChange(holder.ref.clause, name, old_value, new_value))
    return EditionChanges(
        before=before.edition,
        after=after.edition,
        added=tuple(number for number in after.clauses if number not in before.clauses),
        removed=tuple(number for number in before.clauses if number not in after.clauses),
        reworded=tuple(
            number
            for number in shared
            if (before.clauses[number].cs, before.clauses[number].en)
            != (after.clauses[number].cs, after.clauses[number].en)
        ),
        terms=tuple(terms),
    )
