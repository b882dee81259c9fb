"""PIN and PUK, kept encrypted."""

from __future__ import annotations

from typing import Final

from spojka.access.database.sealing import seal, unseal

_KEY: Final = "card-codes.key"


def seal_codes(pin: str, puk: str) -> bytes:
    """Encrypt both codes."""
    return seal(f"{pin} {puk}", key=_KEY)


def open_codes(sealed: bytes) -> tuple[str, str]:
    """Decrypt to (pin, puk)."""
    pin, _, puk = unseal(sealed, key=_KEY).partition(" ")
    return pin, puk
