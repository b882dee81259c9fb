"""An application written into a field: by its number or a part of a name, as it is found in the database."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _

from spojka.journeys.overview.applications import ApplicationLine
from spojka.surfaces.web.calls import ask

MOST_OFFERED: Final = 20
"""Applications that a field offers at once; the rest is found by writing on."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """
    What a field of an application holds.

    Args:
        written: what stands in it.
        one: the application it means, `None` where it is empty or means no single one.
        several: those it may mean, where they are more.
        problem: why it means none, in words.

    """

    written: str = ""
    one: ApplicationLine | None = None
    several: tuple[ApplicationLine, ...] = ()
    problem: str = ""


def named(line: ApplicationLine) -> str:
    """An application as the field shows it: its number leads, by which it is known."""
    return f"{line.app_number} {line.subscriber}: {line.name}"


def offered(request: HttpRequest, written: str = "", *, state: str = "") -> list[tuple[ApplicationLine, str]]:
    """Applications that fit what is written, of a state alone if one is said, each as the field shows it."""
    found: list[ApplicationLine] = _fitting(request, written)
    return [(one, named(one)) for one in found if state in ("", one.state)][:MOST_OFFERED]


def chosen(request: HttpRequest, written: str) -> Chosen:
    """The application that a field means: by its id, its number at the beginning, or a part of a name."""
    text = written.strip()
    if not text:
        return Chosen()
    found = _fitting(request, text)
    if len(found) == 1:
        return Chosen(named(found[0]), found[0])
    if found:
        return Chosen(text, None, tuple(found[:MOST_OFFERED]), _("Several applications fit. Write the number of one."))
    return Chosen(text, None, (), _("No application fits. Write its number, or a part of its name."))


def _fitting(request: HttpRequest, text: str) -> list[ApplicationLine]:
    try:
        return list(ask(request, "connector.find_applications", {"applications": [UUID(text)]}))
    except ValueError:
        pass
    number = text.split(maxsplit=1)[0] if text.strip() else ""
    if number.isdigit():
        led = ask(request, "connector.find_applications", {"text": number, "most": MOST_OFFERED})
        exact = [one for one in led if one.app_number == number]
        if exact:
            return exact
    return list(ask(request, "connector.find_applications", {"text": text, "most": 2 * MOST_OFFERED}))
