"""Coverage of clauses: what counts as evidence, and that it never falls."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from spojka.surfaces.coverage import code
from spojka.surfaces.coverage.code import ids_named, is_read, marks_of, terms_read
from spojka.surfaces.coverage.counting import STATES, cover
from spojka.surfaces.coverage.entries import documents
from spojka.surfaces.coverage.reporting import as_data, as_table

BASELINE = Path(__file__).parents[3] / "docs" / "reference" / "clauses.json"


@pytest.fixture(scope="module")
def covered():
    return cover(run_stories=False)


def test_an_id_counts_where_code_names_it_and_not_in_a_docstring_or_a_comment(tmp_path):
    file = tmp_path / "x.py"
    file.write_text(
        '"""nej/1.1"""\n# nej/1.2\nA = "nej/1.3"\n"""nej/1.4"""\n'
        'def f():\n    """nej/1.5"""\n    return ("nej/1.6", "a nej/1.7")\n'
    )

    assert [text for _, text in ids_named(file)] == ["nej/1.3", "nej/1.6"]


def test_marks_of_tests_are_read_from_decorators_and_parameters(tmp_path):
    file = tmp_path / "test_x.py"
    file.write_text(
        "import pytest\n"
        '@pytest.mark.clause("nej/1.1", "nej/1.2")\n'
        "def test_a(): pass\n"
        'CASES = [pytest.param(1, marks=pytest.mark.clause("nej/1.3"))]\n'
        'x = "nej/1.4"\n'
    )

    assert [text for _, text in marks_of(file)] == ["nej/1.1", "nej/1.2", "nej/1.3"]


def test_a_term_of_a_sheet_is_read_and_a_made_up_one_is_not():
    assert is_read("tariff_change_min_interval_days")
    assert not is_read("tariff_change_min_interval_months")
    assert all(isinstance(pattern, re.Pattern) for pattern in terms_read())


def test_a_sheet_that_no_code_asks_for_reads_no_term(monkeypatch):
    monkeypatch.setattr(code, "_names_used", lambda: frozenset({"ServiceTerms"}))
    terms_read.cache_clear()

    read = [is_read(term) for term in ("tariff_change_min_interval_days", "abuse_threshold_minutes_per_month")]

    terms_read.cache_clear()
    assert read == [True, False]


def test_every_entry_stands_in_exactly_one_state(covered):
    for one in covered:
        assert sum(one.counts.values()) == len(one.document.entries)
        assert set(one.states) == {entry.id for entry in one.document.entries}


def test_only_entries_without_software_count_as_shown(covered):
    for one in covered:
        software = {entry.id for entry in one.document.entries if entry.software}
        assert not {ref for ref, state in one.states.items() if state == "shown"} & software


def test_the_data_has_one_shape(covered):
    data = as_data(covered)

    assert list(data) == ["documents"]
    assert all(tuple(counts) == STATES for counts in data["documents"].values())
    assert "missing" in as_data(covered, missing=True)
    assert as_table(covered, missing=True)


def test_coverage_never_falls(database):
    before = json.loads(BASELINE.read_text())["documents"]

    now = as_data(cover(run_stories=True))["documents"]

    for document, counts in before.items():
        assert now[document]["executed_and_tested"] >= counts["executed_and_tested"], document
        assert now[document]["missing"] <= counts["missing"], document


def test_the_list_of_clauses_and_the_editions_name_the_same_clauses():
    for document in documents():
        assert {entry.id for entry in document.entries} == set(document.terms)
