"""Values in templates, in the visitor's language: money, days, instants, units, phone numbers, words for codes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import phonenumbers
from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal
from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, ngettext

from spojka.charging.rating.lines import UNITS, line_words
from spojka.charging.usage.queries import SuspenseView
from spojka.kernel.ids import uuid7
from spojka.kernel.money import Money
from spojka.kernel.refusals import Refusal
from spojka.kernel.time import PRAGUE
from spojka.revenue.documents.invoice import DocumentLine
from spojka.surfaces.web.labels import label
from spojka.surfaces.web.visits import Visit
from spojka.terms.clauses import Language
from spojka.terms.refusals import explain_refusal
from spojka.terms.wording import money_in_words

register = template.Library()

STATIC: Final = Path(__file__).parent / "static"
TONES: Final = {
    "delivered": "good",
    "sent": "good",
    "undelivered": "bad",
    "failed": "bad",
    "expired": "bad",
    "uncertain": "warn",
    "unknown": "warn",
    "deferred": "warn",
    "cancelled": "warn",
}
"""The colour of what a message is, and of what happened to it."""
_LOCALES: Final = {"cs": "cs_CZ", "en": "en_GB"}
_KILO: Final = 1024
_NBSP: Final = "\N{NO-BREAK SPACE}"


def language() -> Language:
    """The language that this page is written in."""
    return "cs" if get_language() == "cs" else "en"


def _locale() -> str:
    return _LOCALES[language()]


@register.filter
def money(amount: Money | int) -> str:
    """`1 000,00 Kč`; a whole number counts micro-units."""
    exact = Money(amount) if isinstance(amount, int) else amount
    return money_in_words(exact, language()).replace(" ", _NBSP)


@register.filter
def day(value: date | None) -> str:
    """`1. 2. 2026` or `1 Feb 2026`; nothing for no day."""
    if value is None:
        return ""
    return format_date(value, "d. M. y" if language() == "cs" else "d MMM y", locale=_locale()).replace(" ", _NBSP)


@register.filter
def short_day(value: date) -> str:
    """`1. 2.` or `1 Feb`."""
    return format_date(value, "d. M." if language() == "cs" else "d MMM", locale=_locale()).replace(" ", _NBSP)


@register.filter
def month(value: date) -> str:
    """`únor 2026`."""
    return format_date(value, "LLLL y", locale=_locale())


@register.filter
def instant(value: datetime | None) -> str:
    """`1. 2. 2026 9:00`, Prague time; nothing for no instant."""
    if value is None:
        return ""
    pattern = "d. M. y H:mm" if language() == "cs" else "d MMM y H:mm"
    return format_datetime(value, pattern, tzinfo=PRAGUE, locale=_locale()).replace(" ", _NBSP)


@register.filter
def short_instant(value: datetime) -> str:
    """`1. 2. 9:00` or `1 Feb 9:00`, Prague time."""
    pattern = "d. M. H:mm" if language() == "cs" else "d MMM H:mm"
    return format_datetime(value, pattern, tzinfo=PRAGUE, locale=_locale()).replace(" ", _NBSP)


@register.filter
def unit_of(kind: str) -> str:
    """The unit that a kind of use is counted in."""
    return UNITS[kind]


@register.filter
def sum_of(parts: dict[str, int]) -> int:
    """All parts together."""
    return sum(parts.values())


@register.filter(name="line_words")
def line_words_of(line: str) -> str:
    """A line of use in words: *Calls to mobile networks*."""
    return line_words(line)[language()]


@register.filter
def clock(value: datetime) -> str:
    """`9:00:00`, Prague time."""
    return format_datetime(value, "H:mm:ss", tzinfo=PRAGUE, locale=_locale())


@register.filter
def seconds(value: datetime) -> str:
    """`:07`, the seconds of an instant."""
    return f":{value.second:02}"


@register.filter
def fine_seconds(value: datetime) -> str:
    """`:07.042`, the seconds of an instant with their thousandths."""
    return f":{value.second:02}.{value.microsecond // 1000:03}"


@register.filter
def failure(outcome: str) -> str:
    """The kind of a deadline's last failure: `KeyError` of `error: KeyError`."""
    return outcome.removeprefix("error: ")


@register.filter
def reason_title(code: str) -> str:
    """A reason to wait in suspense as a heading."""
    return label("suspense_reason", code)


@register.filter
def reason_words(record: SuspenseView) -> str:
    """Why a record waits, in words with the value that was wrong."""
    value = record.detail.partition("=")[2] or record.detail
    figures = {"value": value, "number": value, "since": record.since}
    return explain_refusal(Refusal(record.reason, tuple(record.clauses), figures), language())


@register.filter
def wrong_field(record: SuspenseView) -> str:
    """The name of the field that a record waits for."""
    return record.detail.partition("=")[0]


@register.filter
def iso(value: date | datetime) -> str:
    """For the machine-readable attribute of a time."""
    return value.isoformat()


@register.filter
def number(value: int | Decimal) -> str:
    """`1 000`."""
    return format_decimal(value, locale=_locale(), decimal_quantization=False).replace(" ", _NBSP)


def seconds_in_words(seconds: int) -> str:
    """`1 h 5 min`, `61 s`: hours and minutes from two minutes up, seconds where they matter."""
    minutes, rest = divmod(seconds, 60)
    if minutes < 2:
        return f"{number(seconds)}{_NBSP}s"
    if rest or minutes < 120:
        return f"{number(minutes)}{_NBSP}min" + (f"{_NBSP}{rest}{_NBSP}s" if rest else "")
    return f"{number(minutes)}{_NBSP}min"


def bytes_in_words(count: int) -> str:
    """`1 390 MB`, `10,5 GB`; one megabyte is 1024 kB (nej/1.10)."""
    megabytes = Decimal(count) / (_KILO * _KILO)
    if megabytes >= 10 * _KILO:
        size, unit = megabytes / _KILO, "GB"
    elif megabytes >= 1 or count == 0:
        size, unit = megabytes, "MB"
    elif count >= _KILO:
        size, unit = Decimal(count) / _KILO, "kB"
    else:
        size, unit = Decimal(count), "B"
    places = Decimal(1) if size >= 100 or unit in ("kB", "B") or size == size.to_integral_value() else Decimal("0.1")
    text = format_decimal(size.quantize(places), locale=_locale(), decimal_quantization=False)
    return f"{text}{_NBSP}{unit}".replace(" ", _NBSP)


@register.filter
def units(count: int, unit: str) -> str:
    """An amount of units as people say it; `unit` is `s`, `SMS`, `MMS`, `B` or another word."""
    if unit == "s":
        return seconds_in_words(count)
    if unit in ("B", "MB"):
        return bytes_in_words(count * (_KILO * _KILO if unit == "MB" else 1))
    if unit == "day":
        return ngettext("%(count)s day", "%(count)s days", count) % {"count": number(count)}
    if unit == "month":
        return ngettext("%(count)s month", "%(count)s months", count) % {"count": number(count)}
    if unit in ("", "item"):
        return f"{number(count)}\N{MULTIPLICATION SIGN}"
    return f"{number(count)}{_NBSP}{unit}"


@register.filter
def quantity(line: DocumentLine) -> str:
    """How much an invoice's line is for: minutes with their seconds, all else as the document counts it."""
    if line.unit == "min":
        return seconds_in_words(int((line.quantity * 60).to_integral_value(ROUND_HALF_UP)))
    return f"{number(line.quantity)}{_NBSP}{line.unit_text}"


@register.filter
def phone(value: str) -> str:
    """`601 000 001`; other countries keep their code."""
    try:
        known = phonenumbers.parse(value, "CZ")
    except phonenumbers.NumberParseException:
        return value
    home = known.country_code == 420
    style = phonenumbers.PhoneNumberFormat.NATIONAL if home else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(known, style).replace(" ", _NBSP)


@register.filter
def pick(thing: Any, name: str) -> Any:
    """The field of a thing that is written in the visitor's language: `title` reads `title_cs` or `title_en`."""
    return getattr(thing, f"{name}_{language()}" if name else language())


@register.filter
def words_of(texts: dict[str, str]) -> str:
    """A text kept by language."""
    return texts.get(language()) or next(iter(texts.values()), "")


@register.filter
def word(code: str, kind: str) -> str:
    """The words for a code: `{{ service.state|word:"service_state" }}`."""
    return label(kind, code)


@register.filter
def tone(status: str) -> str:
    """The colour of what a message is: `good`, `bad`, `warn`, or nothing."""
    return TONES.get(status, "")


@register.filter
def share(whole: int, pct: int) -> int:
    """So many per cent of a whole number."""
    return whole * pct // 100


@register.filter
def in_vain(calls: Iterable[Any]) -> list[Any]:
    """Calls that were tried and not taken."""
    return [call for call in calls if call.tries and call.taken_at is None]


@register.filter
def yes_no(value: bool) -> str:  # noqa: FBT001  # a template's value
    """`on` or `off`."""
    return gettext("on") if value else gettext("off")


@lru_cache(maxsize=64)
def _mark(name: str) -> str:
    return hashlib.sha256(STATIC.joinpath(*name.split("/")).read_bytes()).hexdigest()[:12]


@register.filter
def may(visit: Visit, permission: str) -> bool:
    """Whether whoever visits holds a permission; ways that lead nowhere are not shown."""
    return visit.actor.may(permission)


@register.simple_tag
def key() -> SafeString:
    """A form's idempotency key: sending the form twice does it once."""
    return format_html('<input type="hidden" name="key" value="{}">', uuid7())


@register.simple_tag
def asset(name: str) -> str:
    """A static file's address, which changes with its content."""
    return f"/static/{name}?v={_mark(name)}"
