"""The itemised list as PDF: the same rows as the page and the file, drawn without network or clock."""

from __future__ import annotations

import json
import threading
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import typst
from django.utils.translation import gettext as _

from spojka.charging.rating.lines import line_words
from spojka.journeys.overview.provider import ProviderView
from spojka.journeys.overview.usage import ItemisedView
from spojka.revenue.documents.palette import ink
from spojka.revenue.documents.pdf import FONTS
from spojka.surfaces.web.wording import language, money, month, phone, short_instant, unit_of, units

HERE: Final = Path(__file__).parent

_one_at_a_time: Final = threading.Lock()


@lru_cache(maxsize=1)
def _compiler() -> typst.Compiler:
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[str(FONTS)])
    return typst.Compiler(str(HERE / "itemised.typ"), root=str(HERE), font_paths=fonts)


def itemised_texts(view: ItemisedView, provider: ProviderView) -> dict[str, Any]:
    """Everything that is printed, as finished texts in the visitor's language."""
    rows = []
    for record in view.records:
        unit, free = unit_of(record.kind), sum(record.units.values())
        rows.append(
            [
                short_instant(record.at),
                line_words(record.line)[language()],
                phone(record.other) if record.other else "",
                units(record.used, unit),
                units(record.billed, unit),
                units(free, unit) if free else "–",
                money(record.charge.value),
            ],
        )
    return {
        "language": language(),
        "ink": ink(provider.colour),
        "provider": provider.legal_name,
        "title": _("Use in %(month)s") % {"month": month(view.usage.period.starts_on)},
        "number": phone(view.usage.msisdn),
        "note": _("Calls to helplines never appear."),
        "head": [_("When"), _("What"), _("Number"), _("Used"), _("Billed"), _("From free units"), _("Price")],
        "rows": rows,
        "together": _("Together"),
        "sum": money(view.usage.charge),
    }


def itemised_pdf(view: ItemisedView, provider: ProviderView) -> bytes:
    """The list as PDF bytes: A4, as many pages as it takes."""
    inputs = {"list": json.dumps(itemised_texts(view, provider), ensure_ascii=False)}
    with _one_at_a_time:
        drawn = _compiler().compile(format="pdf", sys_inputs=inputs)
    assert isinstance(drawn, bytes), "one document is one file"
    return drawn
