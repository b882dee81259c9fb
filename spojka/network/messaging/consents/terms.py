"""The terms of consents (o2/8.1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from spojka.terms.clauses import Term


@dataclass(frozen=True, slots=True)
class ConsentRules:
    """
    Who must have agreed, and which words of a recipient take that back.

    Args:
        consent_required: who needs none.
        default_consent_mode: whether a subscriber vouches (`attest`) or a consent must be on record (`enforce`).
        default_opt_out_keyword: a message that begins with it withdraws the consent to commercial messages.
        default_opt_out_all_words: a message that is one of these and no more withdraws every consent.
        default_opt_out_confirmation: what the recipient is answered; `{subscriber}` is the sender's name.

    """

    consent_required: Term[str]
    default_consent_mode: Term[Literal["attest", "enforce"]]
    default_opt_out_keyword: Term[str]
    default_opt_out_all_words: Term[list[str]]
    default_opt_out_confirmation: Term[str]
