"""What data_coding says, and the text of what came in by it (SMPP 3.4, 5.2.19; 3GPP TS 23.038, 4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from spojka.network.messaging.text.headers import Header, read_header
from spojka.network.messaging.text.languages import alphabet_of
from spojka.network.messaging.text.parts import Coding
from spojka.trade.numbering.gsm_alphabet import DEFAULT_ALPHABET, Alphabet

Family = Literal["gsm7", "ascii", "latin1", "octets", "cyrillic", "hebrew", "ucs2", "iso2022jp", "ksc5601"]
"""How a payload is written; parts of one message share it."""

_TABLE: Final[Mapping[int, Family]] = {
    0x01: "ascii",
    0x02: "octets",
    0x03: "latin1",
    0x04: "octets",
    0x06: "cyrillic",
    0x07: "hebrew",
    0x08: "ucs2",
    0x0A: "iso2022jp",
    0x0E: "ksc5601",
}
_CODECS: Final[Mapping[Family, str]] = {
    "ascii": "ascii",
    "latin1": "latin-1",
    "cyrillic": "iso8859-5",
    "hebrew": "iso8859-8",
    "ucs2": "utf-16-be",
    "iso2022jp": "iso2022_jp",
    "ksc5601": "euc_kr",
}
_BY_BITS: Final[tuple[Family, ...]] = ("gsm7", "octets", "ucs2", "octets")


@dataclass(frozen=True, slots=True)
class Scheme:
    """
    What a data_coding says.

    Args:
        family: how the payload is written; `octets` also of codings that are not read, so that nothing is lost.
        message_class: 0 is shown at once and not kept (flash), 1 the handset, 2 the SIM card, 3 a device; None.
        waiting: whether it only says that messages wait elsewhere.

    """

    family: Family
    message_class: int | None = None
    waiting: bool = False


@dataclass(frozen=True, slots=True)
class Incoming:
    """
    A message, or a part of one, as it came in.

    Args:
        payload: what stands behind the header: septets one to a byte, octets, or text in its coding.
        scheme: what its data_coding says.
        header: its header; None when it has none or a broken one.
        alphabet: the tables of its septets.
        text: the payload in characters; None of octets.
        exact: whether every octet was read as a character; U+FFFD stands for those that were not.

    """

    payload: bytes
    scheme: Scheme
    header: Header | None
    alphabet: Alphabet
    text: str | None
    exact: bool


def data_coding_of(coding: Coding, *, flash: bool = False) -> int:
    """
    The data_coding of what is sent; a flash message has class 0.

    >>> [hex(data_coding_of(coding, flash=flash)) for flash in (False, True) for coding in ("gsm7", "octets", "ucs2")]
    ['0x0', '0x4', '0x8', '0x10', '0x14', '0x18']
    """
    return ("gsm7", "octets", "ucs2").index(coding) << 2 | (0x10 if flash else 0)


def scheme_of(data_coding: int, *, default: Family = "gsm7") -> Scheme:
    """
    What a data_coding says; 0 means the default of the link.

    >>> scheme_of(8).family, scheme_of(0, default="latin1").family, scheme_of(0x18), scheme_of(0xF0).message_class
    ('ucs2', 'latin1', Scheme(family='ucs2', message_class=0, waiting=False), 0)
    """
    if data_coding == 0:
        return Scheme(default)
    group, bits = data_coding >> 4, data_coding & 0x0F
    if group == 0x0:
        return Scheme(_TABLE.get(data_coding, "octets"))
    if group == 0x1:
        return Scheme(_BY_BITS[bits >> 2], bits & 3)
    if group in (0xC, 0xD, 0xE):
        return Scheme("ucs2" if group == 0xE else "gsm7", waiting=True)
    if group == 0xF and bits < 8:
        return Scheme("octets" if bits & 4 else "gsm7", bits & 3)
    return Scheme("octets")


def decode_payload(payload: bytes, *, family: Family, alphabet: Alphabet = DEFAULT_ALPHABET) -> tuple[str | None, bool]:
    r"""
    The characters of a payload and whether all of it was read; no characters of octets.

    >>> decode_payload("kůň".encode("utf-16-be"), family="ucs2"), decode_payload(b"\xd8\x3d", family="ucs2")
    (('kůň', True), ('\ufffd', False))
    """
    if family == "octets":
        return None, True
    if family == "gsm7":
        text = alphabet.decode(payload)
        return text, payload.isascii() and "\ufffd" not in text
    try:
        return payload.decode(_CODECS[family]), True
    except UnicodeDecodeError:
        return payload.decode(_CODECS[family], "replace"), False


def read_incoming(short_message: bytes, *, data_coding: int, has_header: bool, default: Family = "gsm7") -> Incoming:
    """
    The message that an SMS centre handed over.

    A broken header, or a national language without a table, leaves the octets as they came with `exact` false.

    Args:
        short_message: user data, septets unpacked, one to a byte.
        data_coding: as it stands in the PDU.
        has_header: whether esm_class says that a header stands first (0x40).
        default: what data_coding 0 means on this link.

    """
    scheme = scheme_of(data_coding, default=default)
    header = read_header(short_message) if has_header else None
    if has_header and header is None:
        return Incoming(short_message, scheme, None, DEFAULT_ALPHABET, None, exact=False)
    payload = short_message[len(header.octets) :] if header else short_message
    alphabet: Alphabet | None = DEFAULT_ALPHABET
    if header and scheme.family == "gsm7":
        alphabet = alphabet_of(locking=header.locking, single=header.single)
    text, exact = decode_payload(payload, family=scheme.family, alphabet=alphabet or DEFAULT_ALPHABET)
    return Incoming(payload, scheme, header, alphabet or DEFAULT_ALPHABET, text, exact=exact and alphabet is not None)
