"""How the simulated centre behaves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, Final, Literal

ReceiptMode = Literal["none", "immediate", "early", "late"]
IdStyle = Literal["decimal", "hex", "mixed"]
_CHOICES: Final[Mapping[str, tuple[str, ...]]] = {
    "receipts": ("none", "immediate", "early", "late"),
    "ids": ("decimal", "hex", "mixed"),
}


class SettingsWrong(ValueError):
    """Settings that no centre has: the name and what it may be."""


@dataclass(frozen=True, slots=True)
class CentreSettings:
    """
    What the centre does; shares are in thousandths, times in milliseconds, 0 switches off.

    accounts: who may bind, name to password; nobody named: everybody.
    latency_ms: from a request to its answer.
    refused_permille, refused_status: answers that refuse, and how.
    unanswered_permille: messages that are carried and never answered.
    rate_per_s: messages taken in a second, all sessions together; more are throttled.
    disconnect_every: after so many messages the connection is lost, the last answers with it.
    silent_every_ms, silent_ms: how often the centre reads and says nothing, and for how long.
    window: messages of a session that may wait for an answer.
    receipts: `immediate` after the answer, `early` before it, `late` after `receipt_delay_ms`; asked for or not at all.
    twice_permille, lost_permille: receipts that come twice, or never; `shuffled`: in any order.
    failed_permille, failed_error: messages that end UNDELIV, and the network's error.
    roaming_permille, visited_network: recipients that are abroad, and in which network (MCC and MNC); receipts say so.
    ids: of answers and receipts; `mixed` is hexadecimal in answers and decimal in receipts.
    receipt_tlvs: receipts carry parameters beside the text.
    deliver_window: messages and receipts in flight to a session.
    retry_ms: after a refusal that is not for good, or a lost connection, it is delivered again.
    remembered: messages kept for query_sm; the oldest go.
    """

    accounts: Mapping[str, str] = field(default_factory=dict)
    latency_ms: int = 0
    refused_permille: int = 0
    refused_status: int = 0x45
    unanswered_permille: int = 0
    rate_per_s: int = 0
    disconnect_every: int = 0
    silent_every_ms: int = 0
    silent_ms: int = 0
    window: int = 0
    receipts: ReceiptMode = "immediate"
    receipt_delay_ms: int = 1000
    twice_permille: int = 0
    lost_permille: int = 0
    shuffled: bool = False
    failed_permille: int = 0
    failed_error: int = 1
    roaming_permille: int = 0
    visited_network: str = "26201"
    ids: IdStyle = "decimal"
    receipt_tlvs: bool = False
    deliver_window: int = 100
    retry_ms: int = 1000
    remembered: int = 100_000
    seed: int = 1

    def changed(self, to: Mapping[str, Any]) -> CentreSettings:
        """
        These settings with some changed, as a file or a control call gives them; raises `SettingsWrong`.

        >>> CentreSettings().changed({"latency_ms": 5, "ids": "hex"}).ids
        'hex'
        """
        kinds = {one.name: type(getattr(self, one.name)) for one in fields(self)}
        for name, value in to.items():
            if name not in kinds:
                raise SettingsWrong(f"{name}: there is no such setting; there are {', '.join(kinds)}")
            if type(value) is not kinds[name]:
                raise SettingsWrong(f"{name}: {value!r} is no {kinds[name].__name__}")
            if name in _CHOICES and value not in _CHOICES[name]:
                raise SettingsWrong(f"{name}: {value!r} is none of {', '.join(_CHOICES[name])}")
            if isinstance(value, int) and value < 0:
                raise SettingsWrong(f"{name}: {value} is below 0")
        return replace(self, **to)
