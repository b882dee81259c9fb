"""Progress of long calls."""

from __future__ import annotations

from spojka.access.operations.progress import report, watching


def test_a_watcher_hears_only_what_is_reported_while_it_watches():
    heard = []

    report(0, 2, "before")
    with watching(lambda *facts: heard.append(facts)):
        report(1, 2, "invoices")
        report(2, 2, "invoices")
    report(2, 2, "after")

    assert heard == [(1, 2, "invoices"), (2, 2, "invoices")]


def test_an_inner_watcher_takes_over_and_hands_back():
    outer, inner = [], []

    with watching(lambda *facts: outer.append(facts)):
        with watching(lambda *facts: inner.append(facts)):
            report(1, 1, "inner")
        report(1, 1, "outer")

    assert inner == [(1, 1, "inner")]
    assert outer == [(1, 1, "outer")]
