"""What is wrong in an edition's text is said with its file and line."""

from __future__ import annotations

from datetime import date

import pytest

from spojka.terms.editions import EditionNotReadable, line_of, read_edition

SOUND = """\
document = "a/price-list"
edition = "2026-12"   # the file's name
effective_from = 2026-12-01

# Prices: voice = calls

[clause."1.1"]
cs = "Hovor, fee = 2,50 Kč."
en = "A call, fee = 2.50 CZK."
sets.price.voice = "2.50 CZK/min"

[clause."1.1".sets.tariff.basic]
fee = "2.50 CZK"
pool.all = { kind = "voice", amount = "100 min" }

[clause."1.10"]
cs = "Poplatek."
en = "A fee."
sets.fee = "1.00 CZK"
"""


def changed(old: str, new: str) -> str:
    """The sound edition with one place changed."""
    assert SOUND.count(old) == 1, old
    return SOUND.replace(old, new)


def test_a_sound_edition_is_read_with_its_terms_and_defaults():
    edition = read_edition(SOUND, source="x.toml", cites_as="a")

    assert (edition.published_on, edition.binds_existing_from) == (date(2026, 12, 1), date(2026, 12, 1))
    assert edition.example is False
    assert [clause.ref.id for clause in edition.clauses.values()] == ["a/1.1", "a/1.10"]
    assert dict(edition.clauses["1.1"].sets) == {
        "price.voice": "2.50 CZK/min",
        "tariff.basic.fee": "2.50 CZK",
        "tariff.basic.pool.all.kind": "voice",
        "tariff.basic.pool.all.amount": "100 min",
    }


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        (changed('edition = "2026-12"', "edition = 2026"), 2, "edition is 2026; a text is expected"),
        (changed('document = "a/price-list"\n', ""), 1, "document is missing"),
        (changed("effective_from = 2026-12-01", 'effective_from = "soon"'), 3, "a day is expected"),
        (changed("effective_from = 2026-12-01", "effective_from = 2026-12-01T00:00:00"), 3, "a day is expected"),
        (changed("effective_from = 2026-12-01", 'effective_from = 2026-12-01\nexample = "no"'), 4, "true or false"),
        (
            changed("effective_from = 2026-12-01", "effective_from = 2026-12-01\npublished_on = 1"),
            4,
            "a day is expected",
        ),
        (changed("effective_from = 2026-12-01", "effective_from = 2026-12-01\ncolour = 1"), 4, "unknown key 'colour'"),
        (changed('en = "A fee."', 'en = " "'), 18, "clause 1.10 has no words in en"),
        (changed('en = "A fee."\n', ""), 16, "clause 1.10 has no words in en"),
        (changed('en = "A fee."', 'de = "Gebühr"\nen = "A fee."'), 18, "clause 1.10 has the key 'de'"),
        (changed('sets.fee = "1.00 CZK"', "sets.fee = 1.00"), 19, "fee is 1.0, which is not exact"),
        (changed('sets.fee = "1.00 CZK"', "sets.fee = [1, 1.5]"), 19, "which is not exact"),
        (changed('sets.fee = "1.00 CZK"', "sets = 1"), 19, "sets is 1; a table is expected"),
        (changed('fee = "2.50 CZK"', "fee = 2.50"), 13, "fee is 2.5, which is not exact"),
        (
            changed('sets.fee = "1.00', 'sets.tariff.basic.fee = "1.00'),
            19,
            "tariff.basic.fee is set by clauses 1.1 and",
        ),
        (changed('sets.fee = "1.00 CZK"', 'sets.fee = "1.00 CZK'), 19, "at line 19"),
        (changed('"Poplatek."', '"Poplatek."\ncs = "Poplatek."'), 18, "at line 18"),
        ("clause = 1\n" + SOUND.partition("[")[0], 1, "clause is 1; a table is expected"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(text, line, problem):
    with pytest.raises(EditionNotReadable) as wrong:
        read_edition(text, source="x.toml")

    assert wrong.value.line == line
    assert problem in wrong.value.problem
    assert str(wrong.value).startswith(f"x.toml:{line}: ")


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("edition",), 2),
        (("clause", "1.1"), 7),
        (("clause", "1.1", "en"), 9),
        (("clause", "1.1", "sets", "price", "voice"), 10),
        (("clause", "1.1", "sets", "tariff", "basic", "fee"), 13),
        (("clause", "1.1", "sets", "tariff", "basic", "pool", "all", "amount"), 14),
        (("clause", "1.10", "sets", "fee"), 19),
        (("clause", "9"), 1),
    ],
)
def test_a_key_is_found_where_it_is_set_and_not_where_words_mention_it(path, line):
    assert line_of(SOUND, *path) == line
