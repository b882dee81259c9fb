"""Options that commands share."""

from __future__ import annotations

import os
from typing import Annotated, Final, Literal

import typer

OK: Final = 0
REFUSED: Final = 1
WRONG_CALL: Final = 2

Tenant = Annotated[
    str | None,
    typer.Option(
        envvar="SPOJKA_TENANT", help="The provider's code; not needed where there is only one.", metavar="CODE"
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Answer as JSON.")]
Lang = Annotated[
    str | None,
    typer.Option(help="Language of explanations and refusals: cs or en (default: from LANG).", metavar="cs|en"),
]


def language_of(written: str | None) -> Literal["cs", "en"]:
    """The language asked for, else the one of the environment (`LC_ALL`, `LC_MESSAGES`, `LANG`), else English."""
    if written not in (None, "cs", "en"):
        raise typer.BadParameter(f"{written!r} is not cs or en", param_hint="--lang")
    around = next(filter(None, (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))), "")
    return "cs" if (written or around).startswith("cs") else "en"
