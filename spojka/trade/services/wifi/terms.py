"""The terms that calling over Wi-Fi reads."""

from __future__ import annotations

from dataclasses import dataclass

from spojka.terms.clauses import Term


@dataclass(frozen=True, slots=True)
class WifiTerms:
    """What calling over Wi-Fi needs and does not carry (nej/2.3)."""

    vowifi_min_kbps_down: Term[int]
    vowifi_min_kbps_up: Term[int]
    vowifi_requires: Term[list[str]]
    vowifi_unsupported: Term[list[str]]
