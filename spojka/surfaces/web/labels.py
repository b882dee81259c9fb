"""The words for codes that rooms keep: states, reasons, channels, classes, operations. One table a kind of code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from spojka.surfaces.web.connector_labels import CONNECTOR
from spojka.surfaces.web.message_labels import MESSAGES

Words = Mapping[str, Promise | str]

LABELS: Final[Mapping[str, Words]] = {
    **MESSAGES,
    **CONNECTOR,
    "party_kind": {"consumer": _("Consumer"), "business": _("Business")},
    "contract_state": {"draft": _("Draft"), "concluded": _("In force"), "ended": _("Ended")},
    "service_state": {"waiting": _("Waits for activation"), "active": _("Running"), "ended": _("Ended")},
    "hold_scope": {
        "outgoing": _("outgoing traffic stopped"),
        "both": _("service interrupted"),
        "data": _("data stopped"),
        "payments": _("payments stopped"),
    },
    "hold_reason": {
        "not_used": _("not used for a while, at the holder's request"),
        "lost": _("lost card"),
        "stolen": _("stolen card"),
        "damaged": _("damaged card"),
        "debt": _("unpaid debt"),
        "misuse": _("suspected misuse"),
        "breach": _("breach of the terms"),
        "fraud": _("suspected fraud"),
        "spam": _("complaint about an unsolicited message"),
        "content": _("what messages say"),
    },
    "channel": {
        "paper": _("on paper"),
        "electronic": _("electronically"),
        "phone": _("by phone"),
        "email": _("e-mail"),
        "sms": _("SMS"),
        "portal": _("portal"),
        "api": _("program"),
        "app": _("application"),
    },
    "notice_state": {"queued": _("Waiting"), "sent": _("Sent"), "failed": _("Not delivered")},
    "deadline_state": {
        "pending": _("Planned"),
        "done": _("Done"),
        "cancelled": _("Did not happen"),
        "refused": _("Refused"),
    },
    "invoice_kind": {"invoice": _("Invoice"), "credit_note": _("Credit note")},
    "run_state": {"drafting": _("Preparing invoices"), "issuing": _("Issuing"), "finished": _("Finished")},
    "posting": {
        "invoice": _("Invoice"),
        "credit_note": _("Credit note"),
        "payment": _("Payment"),
        "allocation": _("Settlement"),
        "payment_matched": _("Payment found its customer"),
        "deposit": _("Deposit"),
        "given_back": _("Given back"),
        "refund": _("Refund"),
        "damages": _("Damages"),
    },
    "feature": {
        "voice": _("Calls"),
        "sms": _("SMS"),
        "data": _("Data"),
        "calls": _("Calls"),
        "roaming": _("Roaming outside the EU"),
        "roaming_limit": _("Limit for data abroad"),
        "premium_90x": _("Calls to premium numbers 90x"),
        "premium_sms": _("Premium SMS"),
        "donor_sms": _("Donor SMS"),
        "international_calls": _("International calls"),
        "mms": _("MMS"),
        "internet_payment": _("Payments on the internet"),
        "call_payment_audiotex": _("Payments by call"),
        "sms_payment_premium": _("Payments by SMS"),
        "vowifi": _("Calls over Wi-Fi"),
        "own_network": _("Own network"),
        "data_eu": _("Data in the EU"),
    },
    "usage_kind": {
        "voice": _("Calls"),
        "video": _("Video calls"),
        "sms": _("SMS"),
        "mms": _("MMS"),
        "data": _("Data"),
        "payment": _("Payments"),
    },
    "matched": {
        "name": _("name"),
        "email": _("e-mail"),
        "number": _("number"),
        "contract": _("contract"),
        "invoice": _("invoice"),
        "company_id": _("company number"),
    },
    "role": {
        "administrator": _("administrator"),
        "care": _("customer care"),
        "billing": _("billing"),
        "network": _("network"),
        "auditor": _("auditor"),
        "program": _("program"),
        "customer": _("customer"),
        "user": _("user of a customer's services"),
    },
    "operation": {
        "connector.terminate": _("The application ends"),
        "billing.close_period": _("The period closes and invoices are issued"),
        "billing.continue_run": _("The bill run goes on"),
        "billing.deliver": _("Invoices are written and sent"),
        "rating.rate": _("A month is rated"),
        "messages.bill": _("A month's messages are billed"),
        "provisioning.forget_sessions": _("Old data sessions of the network are forgotten"),
        "balances.open_period": _("A month begins: what is left of bought data is carried over"),
        "charging.expire": _("A data session without an answer is closed"),
        "notices.send_due": _("Notices that wait are sent"),
        "services.activate": _("The service starts"),
        "services.warn_of_setup": _("Staff are warned that the service must start by the next working day"),
        "services.note_overdue_setup": _("The term for starting the service has passed"),
        "services.note_overdue_restoration": _("The interruption has lasted as long as it may"),
        "certificates.remind": _("A certificate's end is announced"),
        "certificates.escalate": _("Staff are told that a reported certificate is still open"),
        "certificates.block": _("A reported certificate is blocked"),
    },
    "work": {
        "certificate_block_due_soon": _("A reported certificate must be blocked within hours"),
        "certificate_block_overdue": _("A reported certificate was blocked late"),
        "callback_asked": _("A customer wants to be called about an option"),
        "setup_due_soon": _("The service must start by the next working day"),
        "setup_overdue": _("The service was not started in time"),
        "restoration_overdue": _("The interruption has lasted as long as it may"),
    },
    "document_kind": {
        "amendment": _("Amendment"),
        "contract": _("Contract"),
        "price_list": _("Price list"),
        "operating_rules": _("Operating rules"),
        "complaints_rules": _("Complaints rules"),
        "porting_conditions": _("Porting conditions"),
        "general_terms": _("General terms"),
        "sla_terms": _("SLA terms"),
        "statute": _("Statute"),
    },
    "suspense_reason": {
        "RECORD_ID_MISSING": _("Record without an id"),
        "UNKNOWN_KIND": _("Unknown kind of use"),
        "FIELD_NOT_UNDERSTOOD": _("A value that cannot be read"),
        "INSTANT_NOT_UNDERSTOOD": _("An instant that cannot be read"),
        "INVALID_DURATION": _("Impossible duration"),
        "DURATION_OVER_MAX": _("Call longer than possible"),
        "INVALID_VOLUME": _("Impossible volume"),
        "INVALID_PARTS": _("Impossible number of parts"),
        "UNKNOWN_SERVICE": _("Nobody's number or card"),
        "IMSI_MISMATCH": _("Another card in use"),
        "UNKNOWN_COUNTRY": _("Country in no zone"),
        "UNKNOWN_DESTINATION": _("Number in no range"),
        "INVALID_NUMBER": _("Not a phone number"),
        "PREMIUM_USED_WHILE_BARRED": _("Premium number used while blocked"),
        "SERVICE_USED_WHILE_OFF": _("Service used while switched off"),
        "SERVICE_USED_WHILE_HELD": _("Service used while held"),
        "ROAMING_USED_WHILE_NOT_INCLUDED": _("Abroad without roaming"),
        "DUPLICATE_RECORD": _("Repeated record"),
        "LATE_BILLING_OVER_2_MONTHS": _("Too late to bill"),
        "LATE_BILLING_CLASS_NOT_ALLOWED": _("May not be billed late"),
        "NO_PRICE": _("No price for this use"),
        "NO_TARIFF": _("No tariff at that instant"),
    },
    "suspense_state": {"open": _("Waits"), "repaired": _("Repaired"), "dropped": _("Dropped")},
}
"""Words by kind of code and code."""


def label(kind: str, code: str) -> str:
    """The words for a code in the visitor's language; a code without words is shown as it is, spaced out."""
    words = LABELS[kind].get(code)
    return str(words) if words is not None else code.replace("_", " ").replace(".", ", ")
