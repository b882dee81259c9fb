"""PIN and PUK, kept encrypted under a key in Spojka's home that only its owner may read."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path

from cryptography.fernet import Fernet

from spojka.access.database.server import home


@lru_cache(maxsize=1)
def _cipher() -> Fernet:
    return Fernet(_key(home() / "card-codes.key"))


def _key(file: Path) -> bytes:
    """The key in a file, made once with mode 0600; of two that make it at once one wins."""
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return file.read_bytes()
    with os.fdopen(handle, "wb") as opened:
        opened.write(Fernet.generate_key())
        opened.flush()
        os.fsync(opened.fileno())
    return file.read_bytes()


def seal_codes(pin: str, puk: str) -> bytes:
    """Encrypt both codes."""
    return _cipher().encrypt(f"{pin} {puk}".encode())


def open_codes(sealed: bytes) -> tuple[str, str]:
    """Decrypt to (pin, puk)."""
    pin, _, puk = _cipher().decrypt(sealed).decode().partition(" ")
    return pin, puk
