"""An edition is read with the exact place of whatever is wrong in it; the day decides which one governs."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spojka.terms.changes import TermChange, what_changed
from spojka.terms.editions import EditionNotReadable, in_force
from tests.terms.sample import HEAD, TWO_CLAUSES, edition, made


def test_an_edition_knows_its_clauses_words_and_terms():
    read = edition()

    assert list(read.clauses) == ["1.1", "1.2"]
    assert read.clauses["1.2"].words("cs") == "Upomínka stojí 50 Kč."
    assert read.clauses["1.2"].words("en") == "A reminder costs 50 CZK."
    assert {name: clause.ref.id for name, clause in read.sets.items()} == {
        "interest_pct": "acme/1.1",
        "fee.reminder": "acme/1.2",
        "fee.letter": "acme/1.2",
    }
    assert (read.published_on, read.binds_existing_from) == (date(2025, 12, 1), date(2026, 1, 1))


def test_the_same_text_is_the_same_edition_and_a_letter_more_is_another():
    assert edition().digest == edition().digest
    assert edition(HEAD + TWO_CLAUSES + "\n").digest != edition().digest


def test_a_dotted_key_that_is_unknown_is_found_on_its_line():
    with pytest.raises(EditionNotReadable, match=r"acme\.toml:8: clause 1\.1 has the key 'set'"):
        edition(HEAD + '[clause."1.1"]\ncs = "A"\nen = "B"\nset.x = 1\n')


OLD = made("acme/rules", "old", date(2020, 1, 1), fee="1.00 CZK")
NEW = made("acme/rules", "new", date(2026, 1, 1), date(2026, 3, 1), fee="2.00 CZK")


@pytest.mark.clause("nej/8.1")
@pytest.mark.parametrize(("on", "name"), [("2025-12-31", "old"), ("2026-01-01", "new")])
def test_a_new_edition_governs_from_its_first_day_and_ends_the_one_before(on, name):
    assert in_force([NEW, OLD], date.fromisoformat(on))["acme/rules"].edition == name


@pytest.mark.clause("nej/8.2")
def test_before_the_first_edition_nothing_is_in_force():
    assert in_force([OLD, NEW], date(2019, 12, 31)) == {}
    assert in_force([OLD, NEW], date(2020, 1, 1)) == {"acme/rules": OLD}


@pytest.mark.parametrize(
    ("signed_on", "on", "name"),
    [
        ("2025-12-31", "2026-02-28", "old"),
        ("2025-12-31", "2026-03-01", "new"),
        ("2026-01-01", "2026-01-01", "new"),
        ("2025-12-31", "2025-12-31", "old"),
    ],
)
def test_an_earlier_contract_is_bound_from_the_day_the_edition_says(signed_on, on, name):
    found = in_force([OLD, NEW], date.fromisoformat(on), date.fromisoformat(signed_on))

    assert found["acme/rules"].edition == name


DAYS = st.dates(date(2020, 1, 1), date(2030, 1, 1))


@given(st.sets(DAYS, min_size=1, max_size=6), DAYS)
def test_at_any_instant_at_most_one_edition_of_a_document_is_valid(starts, on):
    editions = [made("acme/rules", f"e{number}", start) for number, start in enumerate(sorted(starts))]

    found = in_force(list(reversed(editions)), on)

    valid = [one for one in editions if one.effective_from <= on]
    assert found == ({"acme/rules": valid[-1]} if valid else {})


def test_documents_do_not_end_one_another():
    other = made("acme/prices", "list", date(2026, 1, 1))

    assert set(in_force([OLD, other], date(2026, 1, 1))) == {"acme/rules", "acme/prices"}
    assert set(in_force([OLD, other], date(2026, 1, 1) - timedelta(days=1))) == {"acme/rules"}


def test_what_changed_names_clauses_words_and_terms():
    after = edition(
        HEAD.replace('"2026-01"', '"2026-07"')
        + TWO_CLAUSES.replace('"0.05"', '"0.04"')
        .replace("stojí 50 Kč", "stojí padesát korun")
        .replace('sets.fee.letter = "30.00 CZK"\n', "")
        + '[clause."1.3"]\ncs = "Nové."\nen = "New."\nsets.grace_days = 14\n'
    )

    changes = what_changed(edition(), after)

    assert (changes.before, changes.after) == ("2026-01", "2026-07")
    assert (changes.added, changes.removed, changes.reworded) == (("1.3",), (), ("1.2",))
    assert set(changes.terms) == {
        TermChange("1.1", "interest_pct", "0.05", "0.04"),
        TermChange("1.2", "fee.letter", "30.00 CZK", None),
        TermChange("1.3", "grace_days", None, 14),
    }


def test_a_clause_that_went_is_named_and_the_same_edition_changes_nothing():
    shorter = edition(HEAD + TWO_CLAUSES.partition('[clause."1.2"]')[0])

    assert what_changed(edition(), shorter).removed == ("1.2",)
    unchanged = what_changed(edition(), edition())
    assert (unchanged.added, unchanged.removed, unchanged.reworded, unchanged.terms) == ((), (), (), ())


def test_two_documents_are_not_compared():
    with pytest.raises(ValueError, match="two documents"):
        what_changed(OLD, made("acme/prices", "list", date(2026, 1, 1)))
