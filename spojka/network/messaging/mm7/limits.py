"""How much of a foreign body is read at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Limits:
    """
    Sizes beyond which a body is refused before it is looked into.

    Args:
        body_bytes: the whole body; an MMS of 300 kB takes about 410 kB in base64.
        envelope_bytes: the envelope, transfer encoding undone.
        xml_depth: elements within one another.
        parts: media parts of one message.
        part_depth: containers within one another, the outermost counted.
        header_bytes: the headers of one part together.

    """

    body_bytes: int = 2_097_152
    envelope_bytes: int = 262_144
    xml_depth: int = 32
    parts: int = 64
    part_depth: int = 4
    header_bytes: int = 8_192


READ_LIMITS: Final = Limits()
"""The limits where the caller sets none."""
