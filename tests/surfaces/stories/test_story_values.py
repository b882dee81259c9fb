"""References, moments, values for declared types, and comparing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal
from uuid import UUID

import pytest
from typing_extensions import TypedDict

from spojka.kernel.money import Money
from spojka.kernel.time import Period
from spojka.surfaces.stories.comparing import compare, same
from spojka.surfaces.stories.fitting import DoesNotFit, fit
from spojka.surfaces.stories.moments import MomentNotUnderstood, later, parse_duration, parse_instant
from spojka.surfaces.stories.references import ReferenceUnknown, resolve

NAMES: dict[str, Any] = {
    "eva": {"id": "7", "services": [{"id": "s1", "free": 3, "open": True}], "by": {"one two": "x"}},
    "i": 2,
}


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("$eva.id", "7"),
        ("$eva.services[0].free", 3),
        ("$eva.services[-1].open", True),
        ("$eva.by[one two]", "x"),
        ("c$i", "c2"),
        ("${i}nd", "2nd"),
        ("$eva.id and $i", "7 and 2"),
        ("is it $eva.services[0].open", "is it true"),
        ("$$i costs 5$", "$i costs 5$"),
        ("$i.", "2."),
        (["$i", {"a": "$eva.id"}], [2, {"a": "7"}]),
    ],
)
def test_references_are_followed(written, meant):
    assert resolve(written, NAMES) == meant


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("$eve.id", "$eve names no earlier result; did you mean eva?"),
        ("$eva.service", "$eva has no 'service'; did you mean services?"),
        ("$eva.services[1]", "$eva.services has 1 items and no [1]"),
        ("$i.x", "$i is 2 and has no parts"),
    ],
)
def test_a_reference_to_nothing_names_the_nearest(written, said):
    with pytest.raises(ReferenceUnknown) as unknown:
        resolve(written, NAMES)

    assert str(unknown.value) == said


@pytest.mark.parametrize(
    ("start", "step", "end"),
    [
        ("2026-02-06T09:30+01:00", "3 working days", "2026-02-11T09:30+01:00"),
        ("2026-04-02T09:00+02:00", "1 working day", "2026-04-07T09:00+02:00"),  # Good Friday and Easter Monday
        ("2026-03-27T09:00+01:00", "2 working days", "2026-03-31T09:00+02:00"),  # the clock moves on, local time stays
        ("2026-03-28T09:00+01:00", "24 h", "2026-03-29T10:00+02:00"),  # elapsed hours run through the change
        ("2026-03-28T09:00+01:00", "1 day", "2026-03-29T09:00+02:00"),
        ("2026-01-31T09:00+01:00", "1 month", "2026-02-28T09:00+01:00"),
        ("2026-01-31T09:00+01:00", "P1M", "2026-02-28T09:00+01:00"),
        ("2026-01-31T09:00+01:00", "P1DT2H", "2026-02-01T11:00+01:00"),
        ("2026-01-31T09:00+01:00", "PT90S", "2026-01-31T09:01:30+01:00"),
        ("2026-01-31T09:00+01:00", "96 h", "2026-02-04T09:00+01:00"),
        ("2026-01-31T09:00+01:00", "2026-02-01", "2026-02-01T00:00+01:00"),
        ("2026-01-31T09:00+01:00", "2026-07-01", "2026-07-01T00:00+02:00"),
        ("2026-01-31T09:00+01:00", "2026-02-01T10:00Z", "2026-02-01T11:00+01:00"),
    ],
)
def test_time_advances(start, step, end):
    assert later(parse_instant(start), step) == datetime.fromisoformat(end)


@pytest.mark.parametrize("text", ["soon", "3", "3 fortnights", "P", "PT", "2026-13-01", "2026-02-01T10:00", ""])
def test_a_moment_that_is_none_says_how_to_write_one(text):
    with pytest.raises(MomentNotUnderstood):
        later(parse_instant("2026-01-31"), text)


@pytest.mark.parametrize("text", ["1 month", "P1M", "3 working days", "90"])
def test_a_duration_without_a_calendar_cannot_be_of_months(text):
    with pytest.raises(MomentNotUnderstood):
        parse_duration(text)


@dataclass(frozen=True)
class Call:
    kind: Literal["voice"]
    at: datetime
    duration_s: int


class Sms(TypedDict, total=False):
    kind: Literal["sms"]
    at: datetime
    text: str


def test_instants_and_durations_are_read_wherever_their_type_is_declared():
    assert fit("2026-02-01", datetime) == datetime(2026, 1, 31, 23, tzinfo=UTC)
    assert fit("90 s", timedelta | None) == timedelta(seconds=90)
    assert fit(["2026-02-01"], list[datetime]) == [datetime(2026, 1, 31, 23, tzinfo=UTC)]
    assert fit({"a": "2026-02-01"}, dict[str, datetime]) == {"a": datetime(2026, 1, 31, 23, tzinfo=UTC)}
    assert fit("2026-02-01", date) == "2026-02-01"
    assert fit("2026-02-01", str) == "2026-02-01"


def test_a_record_of_a_union_is_told_by_its_keys_and_kind():
    sms = {"kind": "sms", "at": "2026-02-01", "text": "no"}

    fitted = fit([sms], list[Call | Sms])

    assert fitted == [{**sms, "at": datetime(2026, 1, 31, 23, tzinfo=UTC)}]


def test_an_unknown_key_inside_a_record_is_found_with_its_path():
    with pytest.raises(DoesNotFit) as bad:
        fit([{"kind": "voice", "at": "2026-02-01", "duration": "61"}], list[Call])

    assert bad.value.path == (0, "duration")
    assert "did you mean duration_s" in bad.value.text


@pytest.mark.parametrize(
    ("expected", "got"),
    [
        ("2.5417 CZK", Money.czk("2.5417")),
        ("12.5 CZK", Money.czk("12.50")),
        ("12.50 CZK", "12.5 CZK"),
        ("61", 61),
        ("0.50", Decimal("0.5")),
        ("1/3", Fraction(1, 3)),
        ("yes", True),
        ("no", False),
        ("false", False),
        ("2026-02", Period.month(2026, 2)),
        ("2026-02-01T09:00+01:00", datetime(2026, 2, 1, 8, tzinfo=UTC)),
        ("2026-02-01T09:00+01:00", "2026-02-01T08:00:00+00:00"),
        ("2026-02-01", date(2026, 2, 1)),
        ("96 h", timedelta(days=4)),
        ("0190b0c0-0000-7000-8000-000000000000", UUID("0190b0c0-0000-7000-8000-000000000000")),
        (True, True),
        (3, 3),
        (None, None),
    ],
)
def test_a_written_value_means_what_was_got(expected, got):
    assert same(expected, got)


@pytest.mark.parametrize(
    ("expected", "got"),
    [
        ("2.5417 CZK", Money.czk("2.541700") + Money(1)),
        ("12.50 EUR", Money.czk("12.50")),
        ("12.50", Money.czk("12.50")),
        ("60", 61),
        ("0.5", Decimal("0.5000001")),
        ("yes", False),
        ("1", True),
        ("0012", "12"),
        ("2026-02-01T09:00+02:00", datetime(2026, 2, 1, 8, tzinfo=UTC)),
        ("", None),
        (None, ""),
        ("x", 5),
    ],
)
def test_a_written_value_does_not_mean_what_was_got(expected, got):
    assert not same(expected, got)


GOT = {"total": Money.czk(5), "lines": [{"text": "Call to 112", "n": 1}, {"text": "SMS", "n": 2}], "note": None}


@pytest.mark.parametrize(
    "expected",
    [
        {"total": "5 CZK"},
        {"lines": [{"n": "1"}, {}]},
        {"lines": {"any": {"text": "SMS", "n": "2"}}},
        {"lines": {"any": [{"n": "1"}, {"n": "2"}]}},
        {"lines": {"any": {"text": {"any": "112"}}}},
        {"note": None},
        {"any": "5.00 CZK"},
    ],
)
def test_a_subset_holds(expected):
    assert compare(expected, GOT) == []


@pytest.mark.parametrize(
    ("expected", "path"),
    [
        ({"total": "6 CZK"}, "total"),
        ({"totals": "5 CZK"}, "totals"),
        ({"lines": [{"n": "1"}]}, "lines"),
        ({"lines": [{"n": "1"}, {"n": "3"}]}, "lines[1].n"),
        ({"lines": [{"n": "2"}, {"n": "1"}]}, "lines[0].n"),
        ({"lines": {"any": {"text": "SMS", "n": "1"}}}, "lines"),
        ({"lines": {"any": [{"n": "1"}, {"n": "3"}]}}, "lines"),
        ({"note": "x"}, "note"),
        ({"lines": {"n": "1"}}, "lines"),
        ([], ""),
        ("5 CZK", ""),
    ],
)
def test_what_does_not_hold_is_named_with_its_path(expected, path):
    assert compare(expected, GOT)[0].path == path


def test_an_unknown_key_of_an_answer_names_the_nearest():
    (miss,) = compare({"totla": "5 CZK"}, GOT)

    assert miss.got == "no such key; did you mean total?"


def test_no_break_spaces_count_as_spaces_where_a_text_contains():
    assert compare({"any": "1 000,00 Kč"}, "Úrok 1\N{NO-BREAK SPACE}000,00\N{NO-BREAK SPACE}Kč") == []
