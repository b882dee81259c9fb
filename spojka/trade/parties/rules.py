"""Who may be registered, and how names are sorted and found."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from stdnum.cz import dic as dic_number

from spojka.kernel.refusals import Refusal
from spojka.terms.refusals import define_refusal

define_refusal(
    "ICO_INVALID",
    cs="IČO {ico} není platné: nesouhlasí kontrolní číslice. Opište je z rejstříku.",
    en="The company number {ico} is not valid: its check digit does not fit. Copy it from the register.",
)
define_refusal(
    "DIC_INVALID",
    cs="DIČ {dic} není platné. České DIČ začíná CZ a následuje 8 až 10 číslic.",
    en="The VAT id {dic} is not valid. A Czech one is CZ followed by 8 to 10 digits.",
)
define_refusal(
    "ICO_MISSING",
    cs="Podnikatel musí uvést IČO.",
    en="A business must give its company number.",
)
define_refusal(
    "NAME_MISSING",
    cs="Chybí jméno nebo název.",
    en="The name is missing.",
)

ICO_DIGITS: Final = 8
_AFTER: Final = {"č": "c", "ř": "r", "š": "s", "ž": "z"}
_CH: Final = "h\uffff"
_WORD: Final = re.compile(r"\w+")


def folded(text: str) -> str:
    """
    A text as search compares it: lower case, no diacritics, single spaces.

    >>> folded("  Řehoř  Čapek ")
    'rehor capek'
    """
    plain = unicodedata.normalize("NFD", text.casefold())
    return " ".join("".join(letter for letter in plain if not unicodedata.combining(letter)).split())


def words_of(text: str) -> list[str]:
    """
    The words of a text as search compares them, in order, each once.

    >>> words_of("Novák-Dvořák Jan, s.r.o.")
    ['novak', 'dvorak', 'jan', 's', 'r', 'o']
    """
    return list(dict.fromkeys(_WORD.findall(folded(text))))


def czech_sort_key(text: str) -> str:
    """
    A text as Czech lists order it: č, ř, š, ž after their plain letters, ch after h, other accents only break ties.

    >>> sorted(["Chalupa", "Hora", "Cihla", "Čáp", "Dub"], key=czech_sort_key)
    ['Cihla', 'Čáp', 'Dub', 'Hora', 'Chalupa']
    """
    lowered = unicodedata.normalize("NFC", text.casefold())
    primary = []
    for letter in lowered.replace("ch", "\ue000"):
        if letter == "\ue000":
            primary.append(_CH)
        elif letter in _AFTER:
            primary.append(_AFTER[letter] + "\uffff")
        else:
            primary.append(folded(letter) or letter)
    return "".join(primary) + "\x01" + lowered


def refuse_party(*, kind: str, name: str, ico: str | None, dic: str | None) -> Refusal | None:
    """Why a party cannot be registered, or `None`."""
    if not name.strip():
        return Refusal("NAME_MISSING")
    if kind == "business" and not ico:
        return Refusal("ICO_MISSING")
    if ico and not (len(ico) == ICO_DIGITS and dic_number.is_valid(ico)):
        return Refusal("ICO_INVALID", (), {"ico": ico})
    if dic and not (dic.upper().startswith("CZ") and dic_number.is_valid(dic)):
        return Refusal("DIC_INVALID", (), {"dic": dic})
    return None
