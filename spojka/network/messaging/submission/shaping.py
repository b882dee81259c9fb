"""How a submission is carried: its coding, its parts, and the octets that are kept of it."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from spojka.kernel.refusals import Refusal
from spojka.network.messaging.submission.requests import Shape, Submission
from spojka.network.messaging.text.codings import scheme_of
from spojka.network.messaging.text.parts import TooManyParts, Uncarried, choose, cut_octets, ends_of, room

ENCODING_ERROR: Final = "ENCODING_ERROR"


@dataclass(frozen=True, slots=True)
class Shaped:
    """
    A submission made ready.

    Args:
        shape: coding and parts, or why it cannot be carried.
        body: what is sent: the text in UTF-8, or octets.
        digest: SHA-256 of what was submitted (o2/7.1).
        replaced: SHA-256 of the body, hexadecimal, where signs of it were replaced on request; else empty.

    """

    shape: Shape | Refusal
    body: bytes
    digest: bytes
    replaced: str = ""


def shaped(asked: Submission) -> Shaped:
    """
    Make a submission ready: GSM 7-bit when that loses nothing, else UCS-2, and never another text than was given.

    >>> from spojka.kernel.ids import ServiceId, uuid7
    >>> shaped(Submission(ServiceId(uuid7()), "602000001", "ř" * 71)).shape
    Shape(coding='ucs2', parts=2)
    """
    if asked.kind == "mms" or asked.text is None:
        body = asked.data or b""
        return Shaped(Shape("mms", 1) if asked.kind == "mms" else _of_octets(asked, body), body, sha256(body).digest())
    try:
        said = asked.text.encode()
    except UnicodeEncodeError as half:
        figures = {"character": f"U+{ord(asked.text[half.start]):04X}", "position": half.start + 1}
        return Shaped(Refusal(ENCODING_ERROR, ("o2/7.1",), figures), b"", sha256(b"").digest())
    chosen = choose(asked.text, wish=asked.coding)
    assert not isinstance(chosen, Uncarried), asked
    units = len(chosen.encoded) if chosen.coding == "gsm7" else len(chosen.encoded) // 2
    parts = 1 if units <= room(chosen.coding) else len(ends_of(chosen))
    shape, digest = Shape(chosen.coding, parts), sha256(said).digest()
    if not chosen.altered:
        return Shaped(shape, said, digest)
    body = chosen.text.encode()
    return Shaped(shape, body, digest, sha256(body).hexdigest())


def _of_octets(asked: Submission, body: bytes) -> Shape | Refusal:
    if asked.data_coding is not None:
        return _as_made(asked, body, asked.data_coding)
    cut = cut_octets(body, elements=asked.header[1:], reference=0)
    return Shape("octets", cut.parts if isinstance(cut, TooManyParts) else len(cut.parts))


def _as_made(asked: Submission, body: bytes, data_coding: int) -> Shape | Refusal:
    """One part that a program made itself: it fits as it is, or is refused."""
    family = scheme_of(data_coding).family
    most = room("gsm7" if family == "gsm7" else "octets", header_octets=len(asked.header))
    if len(body) > most:
        return Refusal("MESSAGE_TOO_LONG", ("o2/7.1",), {"size": len(body), "most": most, "unit": "B"})
    return Shape("octets", 1)
