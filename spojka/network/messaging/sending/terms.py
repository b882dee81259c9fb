"""The terms of messages that leave together, of what is heard of them, and of those that arrive (o2/2.2, 3.1, 3.2)."""

from __future__ import annotations

from dataclasses import dataclass

from spojka.network.messaging.messages.records import Destination, SenderKind
from spojka.network.messaging.submission.terms import CarriedTerms
from spojka.network.messaging.terms import MtSender
from spojka.terms.clauses import Term


@dataclass(frozen=True, slots=True)
class ArrivalTerms:
    """Who reaches an application, and how long what came is kept."""

    carried: dict[str, CarriedTerms]
    mo_to_app_number_networks: Term[list[str]]
    mo_retention_hours: Term[int]
    home_country_prefix: Term[str]


@dataclass(frozen=True, slots=True)
class WaitTerms:
    """How long a report is waited for after a part was handed over."""

    default_report_wait_h: Term[int]


@dataclass(frozen=True, slots=True)
class LeavingTerms:
    """Which messages leave together, and which networks may show a sender by another number."""

    default_aggregation_window_ms: Term[int]
    default_aggregation_batch_max: Term[int]
    mt_matrix: dict[SenderKind, MtSender]
    sender_substitution_allowed_for: Term[list[Destination]]

    def may_be_substituted(self, sender: SenderKind, destination: Destination) -> bool:
        """
        Whether recipients may see another sender than the one that was chosen (o2/3.1).

        Args:
            sender: which of its numbers or names an application chose.
            destination: the class of the recipient's network.

        """
        if destination not in self.sender_substitution_allowed_for.value:
            return False
        of = self.mt_matrix[sender]
        reach = {"own": of.own, "other_cz": of.other_cz, "foreign": of.foreign}[destination]
        return reach.value == "may_be_substituted"
