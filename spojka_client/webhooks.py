"""For programs that are called: whether a call is the connector's, and what it tells."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping

from spojka_client.answers import Item

OLDEST_S = 300
"""A call that was signed longer ago is not taken: somebody may have kept it."""


class SignatureWrong(ValueError):
    """A call is not the connector's, or too old."""


def read_call(body: bytes, headers: Mapping[str, str], *, secret: str, now_s: int) -> list[Item]:
    """
    The items of a call, once its signature is checked; answer 2xx when they are taken.

    Args:
        body: as it came.
        headers: with names in small letters.
        secret: as it was shown when the webhook was set.
        now_s: seconds since 1970.

    Raises:
        SignatureWrong: where it is to be answered 401 and nothing of it believed.

    """
    timestamp = headers.get("spojka-timestamp", "")
    if not (timestamp.isascii() and timestamp.isdigit()) or abs(now_s - int(timestamp)) > OLDEST_S:
        raise SignatureWrong("no time, or signed too long ago")
    made = hmac.new(bytes.fromhex(secret), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(f"v1={made}", headers.get("spojka-signature", "")):
        raise SignatureWrong("the signature is another one")
    return [Item.read(one) for one in json.loads(body)["items"]]
