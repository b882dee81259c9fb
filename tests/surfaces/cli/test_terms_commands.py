"""Editions from the command line: checked with exact places, published once checked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from spojka.access.database.connections import transaction
from spojka.access.tenants.store import add_tenant
from spojka.kernel.ids import uuid7
from spojka.surfaces.cli.main import app

PRICES = Path(__file__).parents[3] / "spojka" / "providers" / "nej-mobil" / "price-list" / "2026-01.toml"
HEAD = {
    'edition = "2026-01"': 'edition = "2026-12"',
    "published_on = 2025-11-28": "published_on = 2026-10-30",
    "= 2026-01-01": "= 2026-12-01",
}
FEE = 'monthly_fee = "99.00 CZK"'
WORDS = {"stojí 99,00 Kč měsíčně": "stojí 109,00 Kč měsíčně", "costs 99.00 CZK a month": "costs 109.00 CZK a month"}


@pytest.fixture
def edition(tmp_path):
    """A function that writes the price list with some texts changed."""

    def write(changes):
        text = PRICES.read_text(encoding="utf-8")
        for old, new in changes.items():
            assert old in text, old
            text = text.replace(old, new)
        file = tmp_path / "2026-12.toml"
        file.write_text(text, encoding="utf-8")
        return file

    return write


def spojka(*arguments):
    """Run a command."""
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def line_with(file, text):
    """1-based number of the first line that contains a text."""
    return next(number for number, line in enumerate(file.read_text().splitlines(), start=1) if text in line)


def test_a_sound_edition_passes_the_check(edition):
    file = edition({**HEAD, FEE: 'monthly_fee = "109.00 CZK"', **WORDS})

    done = spojka("terms", "check", file, "--json")

    (checked,) = json.loads(done.stdout)
    assert done.exit_code == 0
    assert (checked["document"], checked["edition"]) == ("nej-mobil/price-list", "2026-12")
    assert (checked["effective_from"], checked["problems"]) == ("2026-12-01", [])


def test_a_price_without_its_words_is_found_in_each_language(edition):
    file = edition({**HEAD, FEE: 'monthly_fee = "109.00 CZK"'})

    done = spojka("terms", "check", file)

    said = done.stderr.splitlines()
    assert done.exit_code == 1
    assert [line.partition(": ")[0] for line in said] == [
        f"✘ {file}:{line_with(file, 'Tarif Nej MOBIL Základ stojí')}",
        f"✘ {file}:{line_with(file, 'The tariff Nej MOBIL Basic costs')}",
    ]
    assert said[0].endswith("sets tariff.nej-mobil-basic.monthly_fee to 109.00 CZK; its Czech words do not say 109.00")


def test_a_value_that_no_room_can_read_is_found_where_it_is_set(edition):
    file = edition({**HEAD, FEE: 'monthly_fee = "99 crowns"', "stojí 99,00": "stojí 99", "costs 99.00": "costs 99"})

    done = spojka("terms", "check", file, "--json")

    (checked,) = json.loads(done.stdout)
    assert done.exit_code == 1
    assert [problem["line"] for problem in checked["problems"]] == [line_with(file, "99 crowns")]
    assert "Money is expected" in checked["problems"][0]["problem"]


def test_a_term_that_is_gone_is_missed(edition):
    file = edition({**HEAD, 'sets.price.sms.mobile = "2.00 CZK/SMS"\n': ""})

    done = spojka("terms", "check", file)

    assert done.exit_code == 1
    assert "no clause sets 'price.sms.mobile'" in done.stderr


def test_a_text_that_is_no_edition_is_said_with_its_line(edition):
    file = edition({**HEAD, FEE: 'monthly_fee = "99.00 CZK'})

    done = spojka("terms", "check", file)

    assert done.exit_code == 1
    assert f"{file}:{line_with(file, 'monthly_fee =')}: " in done.stderr


def test_only_a_checked_edition_is_published_and_publishing_again_changes_nothing(database, edition):
    code = f"cli-{uuid7().hex}"
    with transaction(None) as db:
        add_tenant(db, code=code, pack="nej-mobil")
    spojka("provider", "load", "nej-mobil", "--tenant", code)

    refused = spojka("terms", "publish", edition({**HEAD, FEE: 'monthly_fee = "109.00 CZK"'}), "--tenant", code)
    sound = edition({**HEAD, FEE: 'monthly_fee = "109.00 CZK"', **WORDS})
    first, again = (spojka("terms", "publish", sound, "--tenant", code, "--json") for _ in range(2))
    later = edition({**HEAD, FEE: 'monthly_fee = "109.00 CZK"', **WORDS, "# 1 Tariffs": "# 1 All tariffs"})
    other = spojka("terms", "publish", later, "--tenant", code)

    assert refused.exit_code == 1
    assert "do not say 109.00" in refused.stderr
    assert [json.loads(done.stdout)["new"] for done in (first, again)] == [1, 0]
    assert other.exit_code == 1
    assert "EDITION_EXISTS" in other.stderr
