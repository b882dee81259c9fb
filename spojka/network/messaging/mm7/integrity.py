"""Whether media went through unchanged, and whether a message is too large to be carried (o2/7.1)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Final

from spojka.network.messaging.mm7.content import MediaPart

MAX_MMS_BYTES: Final = 307_200
"""What a message may carry where the operator sets nothing else: 300 kB."""


@dataclass(frozen=True, slots=True)
class PartDigest:
    """A media part as it is remembered: its type, its length and the SHA-256 of its decoded bytes."""

    media_type: str
    length_bytes: int
    sha256: bytes


@dataclass(frozen=True, slots=True)
class Alteration:
    """A part that is not what it was: its place, from 0, and both digests; `None` where there was no such part."""

    place: int
    before: PartDigest | None
    after: PartDigest | None


@dataclass(frozen=True, slots=True)
class TooLarge:
    """The figures of MESSAGE_TOO_LONG: what the media parts weigh together, and what is carried at most."""

    size_bytes: int
    max_mms_bytes: int


def digests(parts: Sequence[MediaPart]) -> tuple[PartDigest, ...]:
    """The digest of every part, in order; ids, names and containers are technical and left out (o2/7.1)."""
    return tuple(PartDigest(part.media_type, len(part.data), hashlib.sha256(part.data).digest()) for part in parts)


def alterations(before: Sequence[PartDigest], after: Sequence[PartDigest]) -> tuple[Alteration, ...]:
    """
    Where the content of media parts differs between two moments; empty where nothing was changed (o2/7.1).

    A part with another type but the same bytes is the same content: the container was converted.
    """
    return tuple(
        Alteration(place, was, is_now)
        for place, (was, is_now) in enumerate(zip_longest(before, after))
        if was is None or is_now is None or was.sha256 != is_now.sha256
    )


def too_large(parts: Sequence[MediaPart], *, max_mms_bytes: int = MAX_MMS_BYTES) -> TooLarge | None:
    """
    Why a message is refused as too long, or `None`: exactly `max_mms_bytes` are still carried (o2/7.1).

    Every part counts with its decoded bytes, the presentation too; nothing is cut to fit.
    """
    size_bytes = sum(len(part.data) for part in parts)
    return TooLarge(size_bytes, max_mms_bytes) if size_bytes > max_mms_bytes else None
