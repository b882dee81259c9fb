from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spojka.network.messaging.text.transliteration import transliterate
from spojka.trade.numbering.gsm_alphabet import DEFAULT_ALPHABET

SLAVIC = "áčďéěíňóřšťúůýžäĺľŕôąćęłńśźż"


def test_czech_letters_lose_their_marks_but_e_with_an_acute():
    assert transliterate("Příliš žluťoučký kůň úpěl ďábelské ódy") == "Prilis zlutoucky kun upel dabelské ody"


def test_typographic_signs_become_plain():
    assert transliterate("„A“ – ‚b‘…\u00a0c’d") == "\"A\" - 'b'... c'd"


def test_letters_with_separate_marks_are_put_together_first():
    assert transliterate(unicodedata.normalize("NFD", "Kůň é ä")) == "Kun é ä"


@pytest.mark.parametrize("text", ["Ж", "你好", "😀", "α"])
def test_what_has_no_plain_counterpart_stays(text):
    assert transliterate(text) == text


@given(st.text(st.sampled_from(SLAVIC + SLAVIC.upper() + "„“”‚‘’«»–—…\u00a0\u202f"), max_size=60))
def test_slavic_letters_and_typography_all_reach_the_gsm_alphabet(text):
    assert DEFAULT_ALPHABET.encode(transliterate(text)) is not None


@given(st.text(st.sampled_from(sorted(DEFAULT_ALPHABET.characters)), max_size=60))
def test_a_text_of_the_gsm_alphabet_stays_as_it_is(text):
    assert transliterate(text) == text


@given(st.text(max_size=60))
def test_transliterating_again_changes_nothing(text):
    once = transliterate(text)

    assert transliterate(once) == once
