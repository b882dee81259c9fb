"""The stronger document wins, two of one rank conflict, a missing term is an error and never zero."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pytest

from spojka.kernel.money import Money
from spojka.terms.clauses import Term
from spojka.terms.precedence import BoundTerms, TermConflict, TermMissing
from spojka.terms.sheets import TermUnusable, read_sheet
from spojka.terms.units import Increment
from tests.terms.sample import edition, made

DAY = date(2026, 1, 1)


def test_the_stronger_document_sets_the_term_and_is_the_one_cited():
    contract, rules = made("deal/contract", "c", DAY, fee="1.00 CZK"), made("acme/rules", "r", DAY, fee="2.00 CZK")

    for ranked in (((1, contract), (2, rules)), ((2, rules), (1, contract))):
        term = BoundTerms(ranked).term("fee")
        assert (term.value, term.ref.id) == ("1.00 CZK", "deal/1")


def test_a_weaker_document_fills_what_the_stronger_leaves_open():
    contract, rules = made("deal/contract", "c", DAY, fee="1.00 CZK"), made("acme/rules", "r", DAY, grace_days=14)

    bound = BoundTerms(((1, contract), (2, rules)))

    assert bound.term("grace_days").value == 14
    assert "grace_days" in bound
    assert "interest" not in bound


def test_two_clauses_of_one_rank_conflict_whatever_they_say():
    one, other = made("a/x", "x", DAY, fee="1.00 CZK"), made("b/y", "y", DAY, fee="1.00 CZK")

    with pytest.raises(TermConflict, match=r"'fee' is set by a/1 and by b/1"):
        BoundTerms(((1, one), (1, other))).term("fee")


def test_a_missing_term_says_what_is_bound():
    with pytest.raises(TermMissing, match=r"no clause sets 'interest'; bound are acme/rules"):
        BoundTerms(((1, edition()),)).term("interest")
    with pytest.raises(TermMissing, match="bound are no documents"):
        BoundTerms(()).term("interest")


def test_children_are_the_next_parts_in_the_documents_order():
    assert list(BoundTerms(((1, edition()),)).children("fee")) == ["reminder", "letter"]
    assert list(BoundTerms(((1, edition()),)).children("fe")) == []


def test_a_bound_clause_is_found_by_its_id():
    bound = BoundTerms(((1, edition()),))

    assert bound.clause("acme/1.2").en == "A reminder costs 50 CZK."
    assert bound.clause("acme/9.9") is None


def test_what_rests_on_a_term_names_its_clause_or_none_where_no_clause_sets_it():
    bound = BoundTerms(((1, edition()),))

    assert bound.clauses_of("fee.letter") == ("acme/1.2",)
    assert bound.clauses_of("fee.call") == ()


@dataclass(frozen=True, slots=True)
class Fees:
    reminder: Term[Money]
    letter: Term[Money]
    call: Term[Money] | None


@dataclass(frozen=True, slots=True)
class Sheet:
    fee: Fees
    grace_days: Term[int] | None


@dataclass(frozen=True, slots=True)
class ByName:
    fee: dict[str, Term[Money]]


@dataclass(frozen=True, slots=True)
class Steps:
    step: Term[Increment]


@dataclass(frozen=True, slots=True)
class NotASheet:
    fee: int


def test_a_sheet_has_typed_values_that_remember_their_clause():
    sheet = read_sheet(Sheet, BoundTerms(((1, edition()),)))

    assert (sheet.fee.reminder.value, sheet.fee.reminder.ref.id) == (Money.czk(50), "acme/1.2")
    assert (sheet.fee.call, sheet.grace_days) == (None, None)


def test_a_sheet_collects_the_children_of_a_name():
    sheet = read_sheet(ByName, BoundTerms(((1, edition()),)))

    assert {name: term.value for name, term in sheet.fee.items()} == {
        "reminder": Money.czk(50),
        "letter": Money.czk(30),
    }


def test_a_sheet_with_a_missing_term_is_an_error():
    with pytest.raises(TermMissing, match="step"):
        read_sheet(Steps, BoundTerms(((1, edition()),)))


@pytest.mark.parametrize("value", ["sixty", "60", "60+0"])
def test_a_term_of_the_wrong_kind_names_its_clause_and_value(value):
    bound = BoundTerms(((1, made("acme/rules", "r", DAY, step=value)),))

    with pytest.raises(TermUnusable, match=rf"acme/1 sets step to '{value.replace('+', '.')}'; Increment is expected"):
        read_sheet(Steps, bound)


def test_a_sheet_that_is_not_made_of_terms_is_a_programming_error():
    with pytest.raises(TypeError, match="fee is <class 'int'>"):
        read_sheet(NotASheet, BoundTerms(((1, edition()),)))
