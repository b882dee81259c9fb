"""Answers on the terminal: tables where they fit, records below each other where not, nothing cut off."""

from __future__ import annotations

import pytest

from spojka.surfaces.cli.printing import in_one_language, print_answer

RECORDS = [{"id": "01a24232-eed1-7921-8b43-415ab325c8db", "words": {"en": "Calls"}, "amount": n} for n in (1, 2)]


@pytest.fixture
def shown(monkeypatch, capsys):
    """A function that prints on a terminal so many columns wide and answers its lines."""

    def print_within(columns, value, why=()):
        monkeypatch.setenv("COLUMNS", str(columns))
        print_answer(value, list(why))
        return [line.rstrip() for line in capsys.readouterr().out.splitlines()]

    return print_within


def test_records_are_a_table_where_it_fits(shown):
    lines = shown(100, RECORDS)

    assert sum("01a24232-eed1-7921-8b43-415ab325c8db" in line for line in lines) == 2
    assert any(line.split() == ["id", "words", "amount"] for line in lines)


def test_records_stand_below_each_other_where_a_table_is_too_wide(shown):
    lines = shown(50, RECORDS)

    assert lines.count("id      01a24232-eed1-7921-8b43-415ab325c8db") == 2
    assert "" in lines


def test_a_mapping_inside_a_record_is_shown_and_an_empty_one_is_a_dash(shown):
    lines = shown(80, {"words": {"en": "Calls"}, "figures": {}})

    assert lines == ["words    en  Calls", "figures  —"]


def test_an_explanation_is_never_cut_off(shown):
    sentence = "4,682.8758 CZK: 761 records, 112,389 s in all, at 2.50 CZK/min (nej-mobil/price-list/4.1)"

    lines = shown(40, {"amount": "4682.88 CZK"}, [sentence])

    assert sentence in " ".join(lines)


def test_a_text_that_an_answer_holds_in_both_languages_is_shown_in_one():
    answer = [{"id": "a/1", "cs": "Cena.", "en": "Price.", "title_cs": "Ceník", "title_en": "Prices", "open": None}]

    assert in_one_language(answer, "en") == [{"id": "a/1", "en": "Price.", "title": "Prices", "open": None}]
    assert in_one_language(answer, "cs") == [{"id": "a/1", "cs": "Cena.", "title": "Ceník", "open": None}]


def test_a_text_in_one_language_alone_stays():
    assert in_one_language({"said_cs": "Cena.", "language": "cs"}, "en") == {"said_cs": "Cena.", "language": "cs"}
