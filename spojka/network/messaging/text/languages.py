"""National language tables: what replaces the basic table and the extension (3GPP TS 23.038, 6.2.1.2 and annex A)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Final

from spojka.trade.numbering.gsm_alphabet import DEFAULT_ALPHABET, GSM_ALPHABET, GSM_EXTENSION_CODES, Alphabet

LANGUAGES: Final[Mapping[int, str]] = {
    1: "Turkish",
    2: "Spanish",
    3: "Portuguese",
    4: "Bengali",
    5: "Gujarati",
    6: "Hindi",
    7: "Kannada",
    8: "Malayalam",
    9: "Oriya",
    10: "Punjabi",
    11: "Tamil",
    12: "Telugu",
    13: "Urdu",
}
"""National language identifiers (3GPP TS 23.038, 6.2.1.2.4). Spanish has only a single shift table."""

_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"


def _changed(changes: Mapping[int, str]) -> str:
    return "".join(changes.get(septet, character) for septet, character in enumerate(GSM_ALPHABET))


_TURKISH: Final = {0x04: "€", 0x07: "ı", 0x0B: "Ğ", 0x0C: "ğ", 0x1C: "Ş", 0x1D: "ş", 0x40: "İ", 0x60: "ç"}
_PORTUGUESE: Final = dict(
    zip(
        bytes.fromhex("04 06 07 08 09 0B 0C 0E 0F 12 13 14 15 16 17 18 19 1A 1C 1D 1E 24 40 5B 5C 5D 60 7B 7C 7D"),
        "êúíóçÔôÁáªÇÀ∞^\\€Ó|ÂâÊºÍÃÕÚ~ãõ`",
        strict=True,
    )
)
_BLOCKS: Final[Mapping[int, tuple[int, tuple[int, ...], tuple[int, ...]]]] = {
    # language: first code point of its block, offsets it leaves free, offsets of the six places after the vowels
    4: (0x0980, (0x0D, 0x0E, 0x11, 0x12, 0x29, 0x31, 0x33, 0x34, 0x35, 0x45, 0x46, 0x49, 0x4A),
        (0x4E, 0x57, 0x5C, 0x5D, 0x70, 0x71)),
    5: (0x0A80, (0x0E, 0x12, 0x29, 0x31, 0x34, 0x46, 0x4A), (0x50, 0x60, 0x61, 0x62, 0x63, 0x71)),
    6: (0x0900, (), (0x50, 0x72, 0x7B, 0x7C, 0x7E, 0x7F)),
    7: (0x0C80, (0x01, 0x0D, 0x11, 0x29, 0x34, 0x45, 0x49), (0x55, 0x56, 0x60, 0x61, 0x62, 0x63)),
    8: (0x0D00, (0x01, 0x0D, 0x11, 0x29, 0x3C, 0x45, 0x49), (0x57, 0x60, 0x61, 0x62, 0x63, 0x79)),
    9: (0x0B00, (0x0D, 0x0E, 0x11, 0x12, 0x29, 0x31, 0x34, 0x45, 0x46, 0x49, 0x4A),
        (0x56, 0x57, 0x60, 0x61, 0x62, 0x63)),
    10: (0x0A00, (*range(0x0B, 0x0F), 0x11, 0x12, 0x29, 0x31, 0x34, 0x37, 0x3D, *range(0x43, 0x47), 0x49, 0x4A),
         (0x51, 0x70, 0x71, 0x72, 0x73, 0x74)),
    11: (0x0B80, (0x01, 0x0B, 0x0C, 0x0D, 0x11, *range(0x16, 0x19), 0x1B, 0x1D, *range(0x20, 0x23), *range(0x25, 0x28),
                  *range(0x2B, 0x2E), 0x3C, 0x3D, *range(0x43, 0x46), 0x49), (0x50, 0x57, 0x70, 0x71, 0x72, 0x79)),
    12: (0x0C00, (0x0D, 0x11, 0x29, 0x34, 0x3C, 0x45, 0x49), (0x55, 0x56, 0x60, 0x61, 0x62, 0x63)),
}  # fmt: skip


def _indic(base: int, free: tuple[int, ...], tail: tuple[int, ...]) -> str:
    """The nine tables of Indian scripts lay out their Unicode blocks in one way."""

    def span(first: int, last: int) -> str:
        return "".join("\ufffd" if one in free else chr(base + one) for one in range(first, last + 1))

    def rows(*offsets: int) -> str:
        return "".join(chr(base + one) for one in offsets)

    return "".join(
        (
            f"{span(0x01, 0x03)}{span(0x05, 0x0B)}\n{span(0x0C, 0x0D)}\r{span(0x0E, 0x0F)}",
            f"{span(0x10, 0x1A)}\x1b{span(0x1B, 0x1E)}",
            f" !{span(0x1F, 0x24)})({span(0x25, 0x26)},{span(0x27, 0x27)}.{span(0x28, 0x28)}",
            f"0123456789:;{span(0x29, 0x2B)}?",
            f"{span(0x2C, 0x39)}{span(0x3C, 0x3D)}{span(0x3E, 0x4D)}",
            f"{rows(tail[0])}{_LETTERS}{rows(*tail[1:])}",
        )
    )


_URDU: Final = "".join(
    (
        "\u0627\u0622\u0628\u067b\u0680\u067e\u06a6\u062a\u06c2\u067f\n\u0679\u067d\r\u067a\u067c",
        "\u062b\u062c\u0681\u0684\u0683\u0685\u0686\u0687\u062d\u062e\u062f\x1b\u068c\u0688\u0689\u068a",
        " !\u068f\u068d\u0630\u0631\u0691\u0693)(\u0699\u0632,\u0696.\u0698",
        "0123456789:;\u069a\u0633\u0634?",
        "\u0635\u0636\u0637\u0638\u0639\u0641\u0642\u06a9\u06aa\u06ab\u06af\u06b3\u06b1\u0644\u0645\u0646",
        "\u06ba\u06bb\u06bc\u0648\u06c4\u06d5\u06c1\u06be\u0621\u06cc\u06d0\u06d2\u064d\u0650\u064f\u0657",
        f"\u0654{_LETTERS}\u0655\u0651\u0653\u0656\u0670",
    )
)

LOCKING: Final[Mapping[int, str]] = {
    0: GSM_ALPHABET,
    1: _changed(_TURKISH),
    3: _changed(_PORTUGUESE),
    **{language: _indic(*block) for language, block in _BLOCKS.items()},
    13: _URDU,
}
"""Basic tables by national language (3GPP TS 23.038, A.3)."""

_SHARED: Final = {
    # what the extensions of the Indian scripts and Urdu have in common
    **dict(zip((*range(10), 0x0B, 0x0C, 0x0E, 0x0F), "@£$¥¿\"¤%&'*+-/", strict=True)),
    **dict(enumerate("<=>¡^¡_#*", start=0x10)),
    **dict(enumerate("ABCDEFGHIJKLMNOPQRSTUVWXYZ", start=0x41)),
    **GSM_EXTENSION_CODES,
}
_PLACES: Final = (0x19, 0x1A, *range(0x1C, 0x28), *range(0x2A, 0x2F), *range(0x30, 0x3C), 0x3F)
_DIGITS: Final = tuple(range(0x66, 0x70))
_SIGNS: Final[Mapping[int, tuple[int, ...]]] = {
    # offsets in the block behind the dandas and the ten digits
    5: (),
    6: (0x51, 0x52, 0x53, 0x54, *range(0x58, 0x64), 0x70, 0x71),
    7: (0x5E, 0x71, 0x72),
    8: (*range(0x70, 0x76), *range(0x7A, 0x80)),
    9: (0x5C, 0x5D, 0x5F, 0x70, 0x71),
    10: (0x59, 0x5A, 0x5B, 0x5C, 0x5E, 0x75),
    11: (*range(0x73, 0x79), 0x7A),
    12: (0x58, 0x59, *range(0x78, 0x80)),
}
_BENGALI_SIGNS: Final = (0x5F, *range(0x60, 0x64), *range(0x72, 0x7B))
_URDU_SIGNS: Final = (
    "\u0600\u0601\u06f0\u06f1\u06f2\u06f3\u06f4\u06f5\u06f6\u06f7\u06f8\u06f9\u060c\u060d\u060e\u060f\u0610\u0611\u0612"
    "\u0613\u0614\u061b\u061f\u0640\u0652\u0658\u066b\u066c\u0672\u0673\u06cd\u06d4"
)


def _extension(signs: str) -> Mapping[int, str]:
    placed = zip(_PLACES, signs, strict=False)  # the scripts fill the places from the first as far as they reach
    return {**_SHARED, **{septet: one for septet, one in placed if one != "\ufffd"}}


def _signs(language: int) -> str:
    base = _BLOCKS[language][0]
    if language == 4:
        return "".join(chr(base + one) for one in (*_DIGITS, *_BENGALI_SIGNS))
    dandas = "\ufffd\ufffd" if language == 12 else "\u0964\u0965"
    return dandas + "".join(chr(base + one) for one in (*_DIGITS, *_SIGNS[language]))


def _added(places: str, characters: str) -> Mapping[int, str]:
    return {**GSM_EXTENSION_CODES, **dict(zip(bytes.fromhex(places), characters, strict=True))}


SINGLE: Final[Mapping[int, Mapping[int, str]]] = {
    0: GSM_EXTENSION_CODES,
    1: _added("47 49 53 63 67 69 73", "ĞİŞçğış"),
    2: _added("09 41 49 4F 55 61 69 6F 75", "çÁÍÓÚáíóú"),
    3: _added(
        "05 09 0B 0C 0E 0F 12 13 15 16 17 18 19 1F 41 49 4F 55 5B 5C 61 69 6F 75 7B 7C 7F",
        "êçÔôÁáΦΓΩΠΨΣΘÊÀÍÓÚÃÕÂíóúãõâ",
    ),
    **{language: _extension(_signs(language)) for language in _BLOCKS},
    13: _extension(_URDU_SIGNS),
}
"""Extensions by national language (3GPP TS 23.038, A.2)."""


@cache
def alphabet_of(*, locking: int = 0, single: int = 0) -> Alphabet | None:
    r"""
    The alphabet of a basic table and an extension, each by its language, 0 the default; None when either has no table.

    >>> spanish = alphabet_of(single=2)
    >>> spanish.encode("í"), spanish.decode(bytes((0x1B, 0x69)))
    (b'\x1bi', 'í')
    """
    if locking == 0 and single == 0:
        return DEFAULT_ALPHABET
    if locking not in LOCKING or single not in SINGLE:
        return None
    return Alphabet(LOCKING[locking], SINGLE[single], locking, single)
