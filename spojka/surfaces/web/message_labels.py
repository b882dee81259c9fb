"""The words for codes of messages and applications: what a message is, what happened to it, why it did not arrive."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

MESSAGES: Final[Mapping[str, Mapping[str, Promise]]] = {
    "message_status": {
        "accepted": _("Accepted"),
        "dispatched": _("On its way"),
        "delivered": _("Delivered"),
        "undelivered": _("Not delivered"),
        "unknown": _("Outcome unknown"),
        "uncertain": _("Uncertain"),
        "cancelled": _("Cancelled"),
        "expired": _("Expired"),
    },
    "message_event": {
        "sent": _("Taken by the network"),
        "failed": _("Refused by the network"),
        "deferred": _("Put off, to be sent again"),
        "uncertain": _("Nobody knows whether it was taken"),
        "delivered": _("Delivered"),
        "undelivered": _("Not delivered"),
        "enroute": _("On its way"),
        "unknown": _("The network does not know what became of it"),
        "cancelled": _("Cancelled"),
        "expired": _("Its time was over"),
    },
    "message_class": {"standard": _("Standard"), "priority": _("Priority")},
    "purpose": {"commercial": _("Commercial message"), "service": _("Service message")},
    "sender_kind": {
        "app_number": _("application number"),
        "msisdn": _("mobile number"),
        "nickname": _("nickname"),
    },
    "destination": {
        "own": _("own network"),
        "other_cz": _("other Czech network"),
        "foreign": _("abroad"),
    },
    "coding": {
        "gsm7": _("GSM alphabet (7 bits)"),
        "ucs2": _("UCS-2 (16 bits)"),
        "binary": _("binary"),
        "octets": _("binary"),
        "mms": _("MMS"),
    },
    "consent_scope": {"all": _("all messages"), "commercial": _("commercial messages")},
    "id_form": {"text": _("as written"), "decimal": _("decimal"), "hex": _("hexadecimal")},
    "failure": {
        "TAKEN_BACK": _("Taken back before it left"),
        "BODY_ALTERED": _("It was no longer what was accepted, so it was not sent"),
        "CERT_REVOKED": _("The certificate it came with is blocked"),
        "CONSENT_WITHDRAWN": _("The recipient wants no more of them"),
        "SERVICE_SUSPENDED": _("The service was suspended"),
        "SERVICE_TERMINATED": _("The service had ended"),
        "no_route": _("No way leads to its network"),
        "network_busy": _("The network was busy"),
        "network_unavailable": _("The network was not available"),
        "network_error": _("The network did not say why"),
        "network_link_fault": _("Fault of the session with the centre"),
        "destination_invalid": _("This recipient cannot be reached"),
        "sender_invalid": _("The network does not take this sender"),
        "message_invalid": _("The network does not take this message"),
        "request_failed": _("The request could not be done"),
        "UNDELIVERABLE": _("The phone could not be reached"),
        "REJECTED": _("Rejected by the network or the phone"),
        "EXPIRED": _("Its time was over before the phone was reached"),
        "DELETED": _("Deleted in the network"),
        "UNKNOWN": _("The network does not know"),
        "": _("No reason given"),
    },
    "noticed": {
        "no answer in time": _("The centre did not answer in time"),
        "the sender ended": _("The sender ended before the answer"),
        "a fault of the sender": _("A fault of the sender"),
        "answer unreadable": _("The answer could not be read"),
    },
}
"""Words by kind of code and code."""
