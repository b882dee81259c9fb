"""The bench of the rating itself: its figures are of what was rated, and nothing is left behind."""

from __future__ import annotations

from spojka.surfaces.bench.rating import run


def test_the_bench_rates_the_same_in_any_order_and_leaves_nothing_behind(tmp_path):
    figures = run(records=2000, services=40, out=tmp_path, rounds=1, sizes=(500,))

    assert (figures["records"], figures["services"], figures["sizes"][0]["records"]) == (2000, 40, 500)
    assert figures["records_per_s"] == round(2000 / figures["rate_s"])
    assert figures["charged_micros"] > 0
    assert figures["peak_memory_bytes"] > 2**20
    assert list(tmp_path.iterdir()) == []
