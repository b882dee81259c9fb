"""What counts as a consent and as its withdrawal, and whom it stops. Pure (o2/8.1)."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from spojka.kernel.refusals import Refusal
from spojka.network.messaging.consents import refusals as _words  # noqa: F401  # the words of the codes below
from spojka.network.messaging.consents.standing import Pair, Scope, Standing
from spojka.network.messaging.consents.terms import ConsentRules
from spojka.terms.clauses import Term
from spojka.terms.findings import refuse
from spojka.trade.parties.rules import folded

SHA256: Final = re.compile(r"[0-9a-f]{64}")
_AROUND: Final = " \t\r\n.,;:!?\"'()„“”»«-"


@dataclass(frozen=True, slots=True)
class ConsentGiven:
    """
    A consent as a subscriber brings it.

    Args:
        recipient: a mobile number in any form that messages may be sent to.
        given_at: when the recipient agreed.
        channel: how: `web`, `paper`, `call`, …
        scope: `all` messages, or `commercial` ones alone.
        wording: what the recipient agreed to.
        evidence_sha256: the digest of the file that proves it, in hexadecimal.
        evidence_name: what that file is called where it is kept.

    """

    recipient: str
    given_at: datetime
    channel: str
    scope: Scope = "all"
    wording: str = ""
    evidence_sha256: str = ""
    evidence_name: str = ""

    def to(self, number: str) -> ConsentGiven:
        """The same consent with the recipient in E.164."""
        return replace(self, recipient=number)


def refuse_consent(given: ConsentGiven, *, now: datetime, required: Term[str]) -> Refusal | None:
    """Why a consent cannot be put on record, or `None`: it must be provable and lie in the past (o2/8.1)."""
    if given.given_at > now:
        return refuse("CONSENT_IN_FUTURE", required, figures={"given_at": given.given_at})
    proven = given.wording.strip() or given.evidence_sha256
    if not given.channel.strip() or not proven:
        return refuse("CONSENT_NOT_PROVABLE", required, figures={"recipient": given.recipient})
    if given.evidence_sha256 and not SHA256.fullmatch(given.evidence_sha256):
        return refuse("EVIDENCE_HASH_INVALID", required, figures={"hash": given.evidence_sha256})
    return None


def refuse_withdrawn(
    purpose: str, pair: Pair, standing: Standing, *, at: datetime, required: Term[str]
) -> Refusal | None:
    """
    Why a recipient's withdrawal stops a message at an instant, or `None`; it counts from its own instant (o2/8.1).

    What was said of commercial messages leaves the others alone; what was said of all stops all. Own numbers of the
    subscriber are never stopped.
    """
    if pair in standing.own_numbers:
        return None
    said = standing.withdrawn if purpose == "commercial" else standing.withdrawn_all
    withdrawn_at = said.get(pair)
    if withdrawn_at is None or withdrawn_at > at:
        return None
    figures = {"recipient": pair[1], "withdrawn_at": withdrawn_at}
    return refuse("CONSENT_WITHDRAWN", required, figures=figures)


def is_covered(purpose: str, pair: Pair, standing: Standing) -> bool:
    """Whether a message is not unsolicited: to an own number, or under a consent that covers its purpose (o2/8.1)."""
    if pair in standing.own_numbers:
        return True
    scope = standing.consents.get(pair)
    return scope == "all" or (scope == "commercial" and purpose == "commercial")


def opts_out(text: str, terms: ConsentRules) -> Scope | None:
    """
    What a recipient's words withdraw, or `None`; letter case, accents and punctuation do not matter (o2/8.1).

    The keyword counts as the first word of a message; the words that withdraw all count only as the whole message.
    """
    words = [word for one in text.split() if (word := folded(one.strip(_AROUND)))]
    if " ".join(words) in {folded(one) for one in terms.default_opt_out_all_words.value}:
        return "all"
    return "commercial" if words and words[0] == folded(terms.default_opt_out_keyword.value) else None
