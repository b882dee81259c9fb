"""A finding is a value with its reasons: it can be explained, kept, and found again."""

from __future__ import annotations

from fractions import Fraction

import pytest

from spojka.kernel.money import HALER_HALF_UP, Money
from spojka.terms import findings
from spojka.terms.clauses import ClauseRef, Term
from spojka.terms.findings import FindingChanged, RuleUnknown, read_finding, refuse, resting_on, rule
from tests.terms.sample import spaces

RATE = Term("interest_pct", Fraction(5, 10_000), ClauseRef("acme/rules", "2026-01", "1.1", "acme"))
CAP = Term("cap", Money.czk(10), ClauseRef("acme/rules", "2026-01", "1.4", "acme"))


@rule(cs="Úrok {result}: {owed} × {days_late} dní", en="Interest {result}: {owed} × {days_late} days")
def sample_interest(*, owed: Money, days_late: int, rate: Term[Fraction]) -> Money:
    return owed.times(rate.value * days_late, HALER_HALF_UP)


@rule(cs="Nejvýš {cap}: {result} z {interest}", en="At most {cap}: {result} of {interest}")
def sample_capped(*, interest: Money, cap: Term[Money]) -> Money:
    return min(interest, cap.value)


def capped(owed="1000"):
    interest = sample_interest(owed=Money.czk(owed), days_late=25, rate=RATE)
    return sample_capped(interest=resting_on(interest), cap=CAP)


def test_a_finding_has_the_value_and_the_clauses_of_its_facts():
    finding = sample_interest(owed=Money.czk(1000), days_late=25, rate=RATE)

    assert (finding.value, finding.clauses) == (Money.czk("12.50"), ("acme/1.1",))


def test_a_finding_explains_itself_in_the_readers_language():
    finding = sample_interest(owed=Money.czk(1000), days_late=25, rate=RATE)

    assert spaces(finding.explain("cs")) == "Úrok 12,50 Kč: 1 000,00 Kč × 25 dní (acme/1.1)"
    assert finding.explain("en") == "Interest 12.50 CZK: 1,000.00 CZK × 25 days (acme/1.1)"


def test_a_finding_names_its_clauses_as_the_reader_is_used_to():
    finding = sample_interest(owed=Money.czk(1000), days_late=25, rate=RATE)

    said = finding.explain("cs", lambda ref, language: f"Acme {ref.edition}, čl. {ref.clause} [{language}]")

    assert said.endswith("(Acme 2026-01, čl. 1.1 [cs])")


def test_a_finding_rests_on_the_findings_beneath_it():
    finding = capped()

    assert (finding.value, finding.clauses) == (Money.czk(10), ("acme/1.1", "acme/1.4"))
    assert finding.explain("en") == "At most 10.00 CZK: 10.00 CZK of 12.50 CZK (acme/1.1; acme/1.4)"


def test_what_was_kept_is_found_again_by_running_the_rules():
    finding = capped("640.08")

    again = read_finding(finding.stored())

    assert again == finding
    assert again.explain("cs") == finding.explain("cs")


def test_a_rule_that_finds_otherwise_on_kept_facts_says_so():
    stored = capped().stored()

    with pytest.raises(FindingChanged, match=r"sample_capped finds Money\('10\.00 CZK'\)"):
        read_finding({**stored, "value": {"$money": "11.00 CZK"}})


def test_a_change_deep_beneath_is_noticed_as_well():
    stored = capped().stored()
    stored["facts"]["interest"]["$finding"]["facts"]["days_late"] = 26

    with pytest.raises(FindingChanged, match="sample_interest"):
        read_finding(stored)


@pytest.mark.parametrize("changed", [{"rule": "never_was"}, {"version": 2}])
def test_a_rule_that_is_not_callable_is_an_error(changed):
    with pytest.raises(RuleUnknown, match="not callable"):
        read_finding({**capped().stored(), **changed})


def test_an_old_version_stays_callable_beside_the_new_one(monkeypatch):
    monkeypatch.setattr(findings, "_rules", dict(findings._rules))

    @rule(cs="v1 {result}", en="v1 {result}")
    def sample_versions(*, owed: Money) -> Money:
        return owed

    old = sample_versions(owed=Money.czk(1)).stored()

    @rule(version=2, cs="v2 {result}", en="v2 {result}")
    def sample_versions(*, owed: Money) -> Money:
        return owed.times(2)

    assert read_finding(old).explain("en") == "v1 1.00 CZK"
    assert read_finding(sample_versions(owed=Money.czk(1)).stored()).explain("en") == "v2 2.00 CZK"


def test_one_rule_does_not_stand_in_two_modules(monkeypatch):
    monkeypatch.setattr(findings, "_rules", dict(findings._rules))

    def sample_interest(*, owed: Money) -> Money:
        return owed

    sample_interest.__module__ = "elsewhere"
    with pytest.raises(ValueError, match="stands in two modules"):
        rule(cs="x", en="x")(sample_interest)


def test_a_rule_takes_its_facts_by_name():
    with pytest.raises(AssertionError, match="takes its facts by name"):
        sample_capped(Money.czk(1), CAP)


def test_a_refusal_rests_on_terms_and_on_findings():
    refusal = refuse("TOO_MUCH", CAP, capped(), None, figures={"most": CAP.value})

    assert refusal.clauses == ("acme/1.4", "acme/1.1")
    assert refusal.figures == {"most": Money.czk(10)}
