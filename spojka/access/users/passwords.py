"""Passwords and token secrets as values that nothing can print, store or digest by accident."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

_HASHER: Final = PasswordHasher()
"""Argon2id with the parameters of RFC 9106's second recommendation (64 MiB, 3 passes)."""

_NOBODY: Final = "$argon2id$v=19$m=65536,t=3,p=4$c3BvamthLW5vYm9keS0xNg$hQXyX9SFFB0dFW1WbYzvUrK0e4hSvJsLrPYZh1nKT2A"
"""A hash that no password fits: a login that does not exist takes as long to refuse as one that does."""


@dataclass(frozen=True, repr=False, init=False)
class Secret:
    """
    A text that is never shown: it has no fields, so its plain form, its digest and its `repr` hold nothing of it.

    >>> Secret("correct horse")
    Secret(…)
    """

    def __init__(self, text: str) -> None:
        object.__setattr__(self, "_text", text)

    def reveal(self) -> str:
        """The text, for hashing and for showing it once to whom it belongs."""
        text: str = self.__dict__["_text"]
        return text

    def __len__(self) -> int:
        return len(self.reveal())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and hmac.compare_digest(self.reveal().encode(), other.reveal().encode())

    def __hash__(self) -> int:
        return hash(Secret)

    def __repr__(self) -> str:
        return "Secret(…)"

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: object, _handler: GetCoreSchemaHandler) -> CoreSchema:
        """Outside it is a text that is only ever written; any input is taken, so that no error can repeat it."""
        return core_schema.no_info_plain_validator_function(
            lambda value: value if isinstance(value, Secret) else cls(str(value)),
            json_schema_input_schema=core_schema.str_schema(metadata={"pydantic_js_updates": {"format": "password"}}),
        )


def hash_password(password: Secret) -> str:
    """The Argon2id hash to keep."""
    return _HASHER.hash(password.reveal())


def fits(password: Secret, kept: str | None) -> bool:
    """Whether a password belongs to a kept hash; `None` takes as long and never fits."""
    try:
        return _HASHER.verify(kept or _NOBODY, password.reveal())
    except (VerificationError, InvalidHashError):
        return False


def is_dated(kept: str) -> bool:
    """Whether a hash was made with weaker parameters than today's and should be made again."""
    return _HASHER.check_needs_rehash(kept)


def token_digest(secret: Secret) -> bytes:
    """What is kept of a token: SHA-256, since a token is random and long."""
    return hashlib.sha256(secret.reveal().encode()).digest()


def stamp_of(password_hash: str) -> str:
    """A short mark of a password hash: a session that carries an older one has ended."""
    return hashlib.sha256(password_hash.encode()).hexdigest()[:16]
