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
PACKS = ("nej-mobil", "o2-connector")
CATALOGUES = ROOT.parent / "shared" / "spec"
CATALOGUED = {"nej-mobil": "nej.yaml", "o2-connector": "o2.yaml"}
"""The catalogue of each pack's leading document."""
IN_OTHER_WORDS = {
    "provider_register",
    "eu_zone",
    "valid_from",
    "sender_substitution_allowed_for",
    "consent_required",
    "uniqueness",
    "effective_from",
    "replaces_effective_from",
    "price_czk",
    "mt_matrix",
    "mo_matrix",
    "app_number_digits",
}
"""Parameters that the catalogue states as a sentence or a text and the pack as a typed value or in Czech."""
NAMED = {
    "o2/2.2 aggregation_default_window_ms": "default_aggregation_window_ms",
    "o2/3.1 mt_matrix": "mt_matrix.app_number.own",
    "o2/3.1 mo_matrix": "mo_matrix.app_number.own",
    "o2/3.1-a app_number_digits": "number_pool.SMSC_MMSC_APP.digits",
    "o2/3.1-a app_number_regex": "number_pool.SMSC_MMSC_APP.pattern",
    "o2/3.1-a pool_size": "number_pool.SMSC_MMSC_APP.size",
    "o2/3.1-b app_number_digits": "number_pool.PLUS_EXTRA_APP.digits",
    "o2/3.1-b app_number_regex": "number_pool.PLUS_EXTRA_APP.pattern",
    "o2/3.1-b pool_size": "number_pool.PLUS_EXTRA_APP.size",
    "o2/3.1-c msisdn_regex": "number_pool.SMSC_MMSC_MSISDN.pattern",
    "o2/3.1-c pool_size": "number_pool.SMSC_MMSC_MSISDN.size",
    "o2/3.1-d msisdn_regex": "number_pool.PLUS_EXTRA_MSISDN.pattern",
    "o2/3.1-d pool_size": "number_pool.PLUS_EXTRA_MSISDN.size",
    "o2/4.1 base_throughput_sms_per_s": "throughput.SMSC_PLUS.base_per_s",
    "o2/4.1 spacing_ms": "throughput.SMSC_PLUS.base_spacing_ms",
    "o2/4.1 direction": "throughput.SMSC_PLUS.direction",
    "o2/4.2 base_throughput_sms_per_s": "throughput.SMSC.base_per_s",
    "o2/4.2 spacing_ms": "throughput.SMSC.base_spacing_ms",
    "o2/4.2 direction": "throughput.SMSC.direction",
    "o2/4.3 base_throughput_mms_per_s": "throughput.MMSC.base_per_s",
    "o2/4.3 max_throughput_mms_per_s": "throughput.MMSC.max_per_s",
    "o2/4.3 spacing_ms_base": "throughput.MMSC.base_spacing_ms",
    "o2/4.3 spacing_ms_min": "throughput.MMSC.min_spacing_ms",
    "o2/4.3 direction": "throughput.MMSC.direction",
    "o2/6.7 liability_window_h": "self_signed_liability_window_h",
    "o2/8.1 default_mode": "default_consent_mode",
    "o2/8.1 opt_out_keyword_default": "default_opt_out_keyword",
    "o2/8.3 threshold_strict": "outage_threshold_strict",
    "o2/8.3 rounding_czk": "outage_credit_rounding_czk",
    "o2/8.5 uniqueness": "nickname_uniqueness",
    "o2/8.8 price_czk": "mms_application_price",
    "o2/10.4 effective_from": "conditions_effective_from",
    "o2/10.4 replaces_effective_from": "conditions_replaced_from",
}
"""Parameters that have a longer name in the pack, because another clause sets one of the same short name."""
SAID_ELSEWHERE = {"o2/8.5 nickname_max_chars": "o2/2.5"}
"""Parameters that two clauses state; the pack sets each once."""


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
    assert edition["example"] or not DOCUMENTS[edition["document"]]["example"]
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
        and not ("nastavení poskytovatele" in clause["cs"].lower() and "setting" in clause["en"])
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


def entries_of(pack: str) -> list[dict[str, Any]]:
    """The catalogue's entries of a pack."""
    return list(yaml.safe_load((CATALOGUES / CATALOGUED[pack]).read_text()))


def leading(pack: str) -> tuple[str, dict[str, Any]]:
    """The prefix of a pack's leading document and the clauses of its newest edition."""
    code = load(PROVIDERS / pack / "clauses.toml")["document"]
    newest = max(folder_of(code).glob("*.toml"), key=lambda path: load(path)["effective_from"])
    return DOCUMENTS[code]["cites_as"], load(newest)["clause"]


@pytest.mark.skipif(not CATALOGUES.exists(), reason="the catalogue is not beside the repository")
@pytest.mark.parametrize("pack", PACKS)
def test_the_clause_list_is_the_catalogue_entry_by_entry(pack: str) -> None:
    prefix, _ = leading(pack)

    listed = load(PROVIDERS / pack / "clauses.toml")["clause"]

    expected = [(one["id"], one["kind"], one["area"], bool(one.get("software"))) for one in entries_of(pack)]
    found = [(f"{prefix}/{one['id']}", one["kind"], one["area"], one["software"]) for one in listed]
    assert found == expected


@pytest.mark.skipif(not CATALOGUES.exists(), reason="the catalogue is not beside the repository")
@pytest.mark.parametrize("pack", PACKS)
def test_every_parameter_of_the_catalogue_is_set_by_its_clause(pack: str) -> None:
    prefix, clauses = leading(pack)

    different = {}
    for entry in entries_of(pack):
        for name, wanted in (entry.get("parameters") or {}).items():
            place = SAID_ELSEWHERE.get(f"{entry['id']} {name}", entry["id"])
            sets = dict(leaves(clauses[place.removeprefix(f"{prefix}/")].get("sets", {})))
            value = sets.get(NAMED.get(f"{entry['id']} {name}", name))
            same = bool(value == wanted)
            if isinstance(wanted, (int, float)) and not isinstance(wanted, bool) and isinstance(value, str):
                same = Decimal(value.removesuffix(" CZK")) == Decimal(str(wanted))
            if value is None or not (same or name in IN_OTHER_WORDS):
                different[f"{entry['id']} {name}"] = (wanted, value)

    assert not different
