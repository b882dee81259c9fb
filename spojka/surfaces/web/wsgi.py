"""The pages and the API as one WSGI application, with the static files in front of them."""

from __future__ import annotations

import os
from typing import Final

import django
from django.core.handlers.wsgi import WSGIHandler
from whitenoise import WhiteNoise  # type: ignore[import-untyped]  # it ships no types

from spojka.surfaces.registered import register_all

_YEAR_S: Final = 365 * 24 * 60 * 60


def build() -> WhiteNoise:
    """The application; addresses of static files change with their content, so they may be kept for a year."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "spojka.settings")
    django.setup(set_prefix=False)
    register_all()
    from spojka.surfaces.web.headers import HEADERS  # noqa: PLC0415  # Django is set up first
    from spojka.surfaces.web.wording import STATIC  # noqa: PLC0415  # Django is set up first

    def safe(headers: object, _path: str, _url: str) -> None:
        headers["X-Content-Type-Options"] = HEADERS["X-Content-Type-Options"]  # type: ignore[index]

    return WhiteNoise(WSGIHandler(), root=STATIC, prefix="static/", max_age=_YEAR_S, add_headers_function=safe)


application = build()
