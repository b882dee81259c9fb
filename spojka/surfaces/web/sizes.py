"""How much a request may bring: more is refused by its announced length, before anything of it is read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse

MOST_BODY_BYTES: Final = 24 * 1024 * 1024
"""Of a whole request: the largest file that a form takes (20 MB) with its other fields."""

_WORDS: Final = (
    '<!doctype html><html lang="cs"><meta charset="utf-8"><title>413</title>'
    "<p>Odesláno bylo více než {most} MB. Nic se nezměnilo; pošlete menší soubor.</p>"
    '<p lang="en">More than {most} MB was sent. Nothing has changed; send a smaller file.</p></html>'
)


class BodyLimit:
    """
    Answers 413 to a request that announces more than `MOST_BODY_BYTES`.

    It stands before everything that reads a form, and so before anybody is known: its words are in both languages. A
    server hands over no more of a body than was announced, and nothing of one without a length.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """One request."""
        announced = request.META.get("CONTENT_LENGTH") or ""
        if not announced.isdecimal() or int(announced) <= MOST_BODY_BYTES:
            return self.get_response(request)
        return HttpResponse(_WORDS.format(most=MOST_BODY_BYTES // 1024**2), status=413)
