"""Secrets that must be read again, kept encrypted under keys in Spojka's home that only its owner may read."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path

from cryptography.fernet import Fernet

from spojka.access.database.server import home


@lru_cache(maxsize=8)
def _cipher(name: str) -> Fernet:
    return Fernet(_key(home() / name))


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


def seal(text: str, *, key: str) -> bytes:
    """Encrypt a text under the key of a file's name."""
    return _cipher(key).encrypt(text.encode())


def unseal(sealed: bytes, *, key: str) -> str:
    """Decrypt what `seal` made; raises `cryptography.fernet.InvalidToken` when the key is another."""
    return _cipher(key).decrypt(sealed).decode()
