"""The packs' editions are whole: every clause has words, every figure stands in them, no day is without terms."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from spojka.terms.editions import read_edition
from spojka.terms.figures import unsaid_figures

ROOT = Path(__file__).parents[2]
PROVIDERS = ROOT / "spojka" / "providers"
PACKS = ("nej-mobil",)
SPEC = ROOT.parent / "shared" / "spec" / "nej.yaml"
IN_OTHER_WORDS = {"provider_register", "eu_zone", "valid_from"}
"""Parameters that the catalogue states as a sentence or a text and the pack as a typed value or in Czech."""


def load(path: Path) -> dict[str, Any]:
    """A TOML file with exact decimals."""
    return tomllib.loads(path.read_text(), parse_float=Decimal)


def folder_of(document: str) -> Path:
    """Where the editions of a document lie."""
    owner, _, name = document.partition("/")
    return PROVIDERS / ("statutes" if owner == "cz" else owner) / name


def documents(pack: str) -> list[dict[str, Any]]:
    """The documents that a pack lists."""
    return list(load(PROVIDERS / pack / "pack.toml")["document"])


DOCUMENTS = {one["code"]: one for pack in PACKS for one in documents(pack)}
EDITIONS = sorted(path for code in DOCUMENTS for path in folder_of(code).glob("*.toml"))
FIRST_DAYS = [date(year, month, 1) for year in range(2021, 2028) for month in (1, 4, 7, 10)]
QUARTERS = [day for day in FIRST_DAYS if date(2021, 10, 1) <= day <= date(2027, 1, 1)]


def named(path: Path) -> str:
    """A short name for test reports."""
    return str(path.relative_to(PROVIDERS))


def leaves(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Every term below a table, by its dotted name."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, f"{name}.{key}" if name else key)
    else:
        yield name, value


@pytest.mark.parametrize("path", sorted(PROVIDERS.glob("*/*.toml")) + EDITIONS, ids=named)
def test_every_file_parses(path: Path) -> None:
    content = load(path)

    assert content


@pytest.mark.parametrize("path", EDITIONS, ids=named)
def test_an_edition_says_what_it_is_and_lies_where_its_document_lies(path: Path) -> None:
    edition = load(path)

    assert folder_of(edition["document"]) == path.parent
    assert edition["edition"] == path.stem
    assert edition["example"] == DOCUMENTS[edition["document"]]["example"]
    assert edition["published_on"] < edition["effective_from"] <= edition["binds_existing_from"]


@pytest.mark.parametrize("path", EDITIONS, ids=named)
def test_the_terms_floor_reads_the_edition(path: Path) -> None:
    edition = read_edition(path.read_text(), source=named(path))

    assert list(edition.clauses) == list(load(path)["clause"])


@pytest.mark.parametrize("path", EDITIONS, ids=named)
def test_every_clause_has_words_in_both_languages(path: Path) -> None:
    clauses = load(path)["clause"]

    wordless = [number for number, clause in clauses.items() if not (clause["cs"].strip() and clause["en"].strip())]
    same = [number for number, clause in clauses.items() if clause["cs"] == clause["en"]]

    assert clauses
    assert not wordless
    assert not same


@pytest.mark.parametrize("path", EDITIONS, ids=named)
def test_every_figure_that_a_clause_sets_stands_in_its_words(path: Path) -> None:
    text = path.read_text()

    unsaid = unsaid_figures(read_edition(text, source=named(path)), text)

    assert unsaid == ()


@pytest.mark.parametrize("path", EDITIONS, ids=named)
def test_no_term_is_set_twice_in_a_document(path: Path) -> None:
    names = Counter(name for clause in load(path)["clause"].values() for name, _ in leaves(clause.get("sets", {})))

    assert not [name for name, count in names.items() if count > 1]


@pytest.mark.parametrize("path", EDITIONS, ids=named)
def test_no_term_is_a_binary_fraction(path: Path) -> None:
    inexact = [
        name
        for clause in load(path)["clause"].values()
        for name, value in leaves(clause.get("sets", {}))
        if any(isinstance(one, Decimal) for one in (value if isinstance(value, list) else [value]))
    ]

    assert not inexact, "write a number with decimals as text, so that no reader makes a float of it"


@pytest.mark.parametrize("path", EDITIONS, ids=named)
def test_the_providers_own_settings_are_marked_in_words(path: Path) -> None:
    unmarked = [
        number
        for number, clause in load(path)["clause"].items()
        if any(name.startswith("default_") for name in clause.get("sets", {}))
        and not ("nastavení poskytovatele" in clause["cs"] and "setting" in clause["en"])
        and not load(path)["document"].startswith("cz/")
    ]

    assert not unmarked


@pytest.mark.parametrize("code", DOCUMENTS)
@pytest.mark.parametrize("day", QUARTERS, ids=str)
def test_on_every_quarters_first_day_one_edition_of_a_document_is_effective(code: str, day: date) -> None:
    starts = [load(path)["effective_from"] for path in folder_of(code).glob("*.toml")]
    begun = [start for start in starts if start <= day]

    effective = [start for start in begun if start == max(begun)]

    began = DOCUMENTS[code].get("begins_on", date.min) <= day
    assert len(effective) == (1 if began else 0)


@pytest.mark.parametrize("pack", PACKS)
def test_the_clause_list_is_the_edition_clause_by_clause(pack: str) -> None:
    listed = load(PROVIDERS / pack / "clauses.toml")

    words = [load(path)["clause"] for path in folder_of(listed["document"]).glob("*.toml")]

    ids = [clause["id"] for clause in listed["clause"]]
    titles = [clause[f"title_{language}"] for clause in listed["clause"] for language in ("cs", "en")]
    assert all(list(clauses) == ids for clauses in words)
    assert all(titles)
    assert len(set(ids)) == len(ids)


@pytest.mark.skipif(not SPEC.exists(), reason="the catalogue is not beside the repository")
def test_the_clause_list_is_the_catalogue_entry_by_entry() -> None:
    entries = yaml.safe_load(SPEC.read_text())

    listed = load(PROVIDERS / "nej-mobil" / "clauses.toml")["clause"]

    expected = [(entry["id"], entry["kind"], entry["area"], bool(entry.get("software"))) for entry in entries]
    found = [(f"nej/{one['id']}", one["kind"], one["area"], one["software"]) for one in listed]
    assert found == expected


@pytest.mark.skipif(not SPEC.exists(), reason="the catalogue is not beside the repository")
def test_every_parameter_of_the_catalogue_is_set_by_its_clause() -> None:
    entries = yaml.safe_load(SPEC.read_text())
    clauses = load(PROVIDERS / "nej-mobil" / "operating-rules" / "2021-08.toml")["clause"]

    different = {}
    for entry in entries:
        sets = clauses[entry["id"].removeprefix("nej/")].get("sets", {})
        for name, wanted in (entry.get("parameters") or {}).items():
            value = sets.get(name)
            number = isinstance(wanted, (int, float)) and not isinstance(wanted, bool) and isinstance(value, str)
            same = Decimal(value.removesuffix(" CZK")) == Decimal(str(wanted)) if number else value == wanted
            if value is None or not (same or name in IN_OTHER_WORDS):
                different[f"{entry['id']} {name}"] = (wanted, value)

    assert not different
