"""The printing benchmark prints what it says it prints."""

from __future__ import annotations

import io

import pytest
from pypdf import PdfReader

from spojka.revenue.documents.pdf import Printer
from spojka.surfaces.bench.pdf import run, sample


def test_the_sample_is_an_invoice_of_a_usual_size():
    document = sample()

    pages = PdfReader(io.BytesIO(Printer().draw(document))).pages

    assert (len(document.lines), len(document.itemised), len(document.usage_by_day)) == (8, 40, 28)
    assert len(pages) >= 2


def test_a_run_tells_how_many_a_core_prints_in_a_second():
    measured = run(invoices=3)

    assert measured["invoices"] == 3
    assert measured["bytes_each"] > 10_000
    assert measured["pdfs_per_s_per_core"] * measured["cpu_s"] == pytest.approx(3, rel=0.05)
