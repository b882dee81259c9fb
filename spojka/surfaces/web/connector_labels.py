"""The words for codes of applications: their state, options, certificates, consents, what went wrong."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

CONNECTOR: Final[Mapping[str, Mapping[str, Promise | str]]] = {
    "connector_product": {
        "SMSC": _("SMS Connector"),
        "SMSC_PLUS": _("SMS Connector Plus"),
        "SMSC_EXTRA": _("SMS Connector Extra"),
        "MMSC": _("MMS Connector"),
    },
    "application_state": {
        "waiting": _("Waits for activation"),
        "active": _("Running"),
        "cancel_requested": _("Is ending"),
        "ended": _("Ended"),
    },
    "held_remedy": {
        "debt": _("Pay what is overdue; the service goes on once the payment is found."),
        "spam": _("Prove the consent of the recipient, and call us."),
        "content": _("Change what the messages say, and call us."),
        "breach": _("Mend what broke the terms, and call us."),
    },
    "option_kind": {"throughput": _("Higher pace"), "nickname": _("Nickname"), "sla": _("Guaranteed service (SLA)")},
    "option_state": {
        "requested": _("Waits for a decision"),
        "checked": _("Waits for approval"),
        "active": _("Running"),
        "refused": _("Refused"),
        "ended": _("Ended"),
    },
    "limit_period": {"day": _("Today"), "month": _("This month")},
    "limit_of": {"day": _("a day"), "month": _("a month")},
    "limit_state": {"asked": _("Waits for a decision"), "granted": _("Granted"), "rejected": _("Rejected")},
    "certificate_status": {
        "active": _("Valid"),
        "revocation_requested": _("Works until its block"),
        "revoked": _("Blocked"),
        "expired": _("Expired"),
    },
    "certificate_kind": {
        "VERISIGN": "VeriSign",
        "ICA": "I.CA",
        "O2CA": "O2 CA",
        "O2APP": _("of our own tool"),
    },
    "liability_answers": {
        "before": _("subscriber"),
        "within": _("subscriber still"),
        "beyond": _("provider"),
    },
    "inbox_kind": {"sms": "SMS", "mms": "MMS", "report": _("Delivery report")},
    "said_kind": {"consent": _("Consent"), "withdrawal": _("Withdrawal")},
    "consent_channel": {
        "web": _("on the web"),
        "paper": _("on paper"),
        "call": _("by phone"),
        "sms": _("by SMS"),
        "mms": _("by MMS"),
        "link": _("by a link"),
        "api": _("told by the subscriber"),
        "care_line": _("on the care line"),
        "other": _("otherwise"),
    },
    "complaint_ground": {
        "SPAM": _("an unsolicited message"),
        "HARM_PROVIDER": _("messages that harm the provider"),
        "HARM_SUBSCRIBERS": _("messages that harm subscribers"),
        "SERVICE_IMPACT": _("messages that disturb services"),
        "UNLAWFUL": _("messages that break the law"),
    },
    "complaint_state": {
        "open": _("Open case"),
        "suspended": _("Service suspended"),
        "terminated": _("Service ended"),
        "closed": _("Closed without a measure"),
    },
    "fault_state": {
        "received": _("Received"),
        "diagnosing": _("Being looked into"),
        "cause_set": _("Cause known"),
        "resolved": _("Resolved"),
        "closed": _("Closed"),
    },
    "fault_cause": {
        "O2_PLATFORM": _("the provider's platform"),
        "PATH": _("the way between us"),
        "INTERNET": _("the Internet"),
        "SUBSCRIBER_APP": _("the subscriber's application"),
        "SUBSCRIBER_POWER": _("the subscriber's power supply"),
        "OTHER_NETWORK": _("another network"),
    },
}
"""Words by kind of code and code."""
