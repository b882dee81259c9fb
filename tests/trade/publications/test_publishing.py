"""An edition is published when it can be read and its words say what it sets; else the place that is wrong is named."""

from __future__ import annotations

from datetime import UTC, datetime

JULY = datetime(2026, 6, 1, 8, tzinfo=UTC)
HEAD = 'document = "nej-mobil/price-list"\nedition = "2026-07"\neffective_from = 2026-07-01\n\n[clause."5.1"]\n'
SETS = 'sets.price.sms.mobile = "1.50 CZK/SMS"\n'


def published(do, cs, en):
    return do("publications.publish", now=JULY, text=f'{HEAD}cs = "{cs}"\nen = "{en}"\n{SETS}', source="2026-07.toml")


def test_an_edition_whose_words_do_not_say_a_figure_is_refused_with_its_place(do):
    do("provider.load")

    outcome = published(do, "Jedna SMS stojí 1,50 Kč.", "One SMS costs 1.40 CZK.")

    assert outcome.refusal.code == "FIGURE_NOT_SAID"
    assert outcome.refusal.figures == {
        "source": "2026-07.toml",
        "line": 7,
        "clause": "5.1",
        "term": "price.sms.mobile",
        "value": "1.50 CZK/SMS",
        "language": "en",
        "figures": "1.50",
    }
    assert do("publications.in_force", document="nej-mobil/price-list", on="2026-07-01").plain["edition"] == "2026-01"


def test_an_edition_whose_words_say_every_figure_is_published(do):
    do("provider.load")

    outcome = published(do, "Jedna SMS stojí 1,50 Kč.", "One SMS costs 1.50 CZK.")

    assert outcome.refusal is None
    assert do("publications.in_force", document="nej-mobil/price-list", on="2026-07-01").plain["edition"] == "2026-07"
