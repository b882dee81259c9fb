"""Why a record waits in suspense: one code for one cause, with its words."""

from __future__ import annotations

from typing import Final

from spojka.terms.refusals import define_refusal
from spojka.trade.numbering.refusals import INVALID_NUMBER, UNKNOWN_DESTINATION

__all__ = ["INVALID_NUMBER", "UNKNOWN_DESTINATION"]

RECORD_ID_MISSING: Final = define_refusal(
    "RECORD_ID_MISSING",
    cs="Záznam nemá record_id, podle kterého by se poznalo opakování. Doplňte jej u odesílatele.",
    en="The record has no record_id by which a repeat would be recognised. Add it at the sender.",
)

UNKNOWN_KIND: Final = define_refusal(
    "UNKNOWN_KIND",
    cs="Druh provozu {value} není znám. Známé jsou voice, video, sms, mms, data a payment.",
    en="The kind {value} is not known. Known are voice, video, sms, mms, data and payment.",
)

FIELD_NOT_UNDERSTOOD: Final = define_refusal(
    "FIELD_NOT_UNDERSTOOD",
    cs="Hodnotě {value} nelze rozumět. Opravte ji podle popisu rozložení a záznam vraťte.",
    en="The value {value} cannot be understood. Correct it by the layout's description and return the record.",
)

INSTANT_NOT_UNDERSTOOD: Final = define_refusal(
    "INSTANT_NOT_UNDERSTOOD",
    cs="Okamžiku {value} nelze rozumět. Pište jej jako 2026-02-03T10:15:30+01:00.",
    en="The instant {value} cannot be understood. Write it like 2026-02-03T10:15:30+01:00.",
)

INVALID_DURATION: Final = define_refusal(
    "INVALID_DURATION",
    cs="Délka {value} není možná: chybí, je záporná, nebo konec předchází začátku. Opravte záznam.",
    en="The duration {value} is impossible: missing, negative, or the end is before the start. Correct the record.",
)
"""nej/2.11: an end before the start or a negative duration."""

DURATION_OVER_MAX: Final = define_refusal(
    "DURATION_OVER_MAX",
    cs="Hovor trval {value} a přesahuje nejdelší možný hovor. Prověřte jej, než se vyúčtuje.",
    en="The call lasted {value}, more than the longest possible call. Review it before it is billed.",
)
"""nej/2.7: a single record longer than the longest call."""

INVALID_VOLUME: Final = define_refusal(
    "INVALID_VOLUME",
    cs="Objem {value} není možný: chybí, nebo je záporný. Opravte záznam.",
    en="The volume {value} is impossible: missing or negative. Correct the record.",
)

INVALID_PARTS: Final = define_refusal(
    "INVALID_PARTS",
    cs="Počet částí zprávy {value} není možný: je to 1 až 255. Opravte záznam.",
    en="The number of parts {value} is impossible: it is 1 to 255. Correct the record.",
)

UNKNOWN_SERVICE: Final = define_refusal(
    "UNKNOWN_SERVICE",
    cs="V tom okamžiku žádná služba neměla {value}. Ověřte přiřazení čísla a záznam vraťte.",
    en="No service had {value} at that instant. Check the number's assignment and return the record.",
)

IMSI_MISMATCH: Final = define_refusal(
    "IMSI_MISMATCH",
    cs="Služba byla užita s cizí kartou ({value}). Prověřte zneužití a záznam vraťte, nebo zahoďte.",
    en="The service was used with another card ({value}). Check for misuse, then return or drop the record.",
)
"""nej/4.21: the IMSI does not match the service."""

UNKNOWN_COUNTRY: Final = define_refusal(
    "UNKNOWN_COUNTRY",
    cs="Navštívená země {value} nepatří do žádného pásma. Doplňte ji do ceníku a záznam vraťte.",
    en="The visited country {value} is in no zone. Add it to the price list and return the record.",
)

DUPLICATE_RECORD: Final = define_refusal(
    "DUPLICATE_RECORD",
    cs="Záznam se stejným record_id od téhož odesílatele už byl přijat; tento se zahazuje.",
    en="A record with this record_id from this sender was taken already; this one is dropped.",
)
"""nej/2.11: a record id is rated once."""

PREMIUM_USED_WHILE_BARRED: Final = define_refusal(
    "PREMIUM_USED_WHILE_BARRED",
    cs="Číslo {value} bylo užito, ač služba měla od {since} čísla 90x zablokována. Zákazník za to neplatí, dokud"
    " záznam někdo neschválí; jinak jej zahoďte.",
    en="The number {value} was used though numbers 90x had been blocked on the service since {since}. The customer does"
    " not pay for it unless somebody approves the record; else drop it.",
)
"""nej/3.5: the network let through what was barred."""

SERVICE_USED_WHILE_OFF: Final = define_refusal(
    "SERVICE_USED_WHILE_OFF",
    cs="Služba {value} byla užita, ač byla od {since} vypnutá. Zákazník za to neplatí, dokud záznam někdo neschválí;"
    " jinak jej zahoďte.",
    en="The service {value} was used though it had been off since {since}. The customer does not pay for it unless"
    " somebody approves the record; else drop it.",
)
"""nej/4.5-i: the network let through what nobody had ordered."""

SERVICE_USED_WHILE_HELD: Final = define_refusal(
    "SERVICE_USED_WHILE_HELD",
    cs="Služba byla užita, ač byla od {since} omezena nebo přerušena ({value}). Zákazník za to neplatí, dokud záznam"
    " někdo neschválí; jinak jej zahoďte.",
    en="The service was used though it had been restricted or interrupted since {since} ({value}). The customer does"
    " not pay for it unless somebody approves the record; else drop it.",
)
"""nej/4.19: the network let through what a hold closes."""

ROAMING_USED_WHILE_NOT_INCLUDED: Final = define_refusal(
    "ROAMING_USED_WHILE_NOT_INCLUDED",
    cs="Služba byla užita v zemi {value}, ač roaming neměla v tarifu ani objednaný. Zákazník za to neplatí, dokud"
    " záznam někdo neschválí; jinak jej zahoďte.",
    en="The service was used in {value} though its tariff included no roaming there and none was ordered. The customer"
    " does not pay for it unless somebody approves the record; else drop it.",
)
"""nej/2.2: the network let through roaming that the service did not have."""

BARRED_REASONS: Final = (
    PREMIUM_USED_WHILE_BARRED,
    SERVICE_USED_WHILE_OFF,
    SERVICE_USED_WHILE_HELD,
    ROAMING_USED_WHILE_NOT_INCLUDED,
)
"""Reasons to wait because the use was barred at its instant; an approval bills it all the same."""

SUSPENSE_REASONS: Final = (
    RECORD_ID_MISSING,
    UNKNOWN_KIND,
    FIELD_NOT_UNDERSTOOD,
    INSTANT_NOT_UNDERSTOOD,
    INVALID_NUMBER,
    INVALID_DURATION,
    DURATION_OVER_MAX,
    INVALID_VOLUME,
    INVALID_PARTS,
    UNKNOWN_SERVICE,
    IMSI_MISMATCH,
    UNKNOWN_DESTINATION,
    UNKNOWN_COUNTRY,
    *BARRED_REASONS,
)
"""Every reason a record can wait for before it is ready to rate, lateness aside."""

LATE_BILLING_OVER_2_MONTHS: Final = define_refusal(
    "LATE_BILLING_OVER_2_MONTHS",
    cs="Záznam z {value} přišel o víc než dvě vyúčtování později. Bez schválení se neúčtuje.",
    en="The record of {value} came more than two invoices late. It is not billed without approval.",
)
"""nej/4.7: later than `late_billing_max_months`."""

LATE_BILLING_CLASS_NOT_ALLOWED: Final = define_refusal(
    "LATE_BILLING_CLASS_NOT_ALLOWED",
    cs="Záznam z {value} patří do uzavřeného období a jeho druh se pozdě účtovat nesmí. Bez schválení se neúčtuje.",
    en="The record of {value} belongs to a closed period and its class may not be billed late without approval.",
)
"""nej/4.7: not of `late_billing_default_classes`."""

LATE_REASONS: Final = (LATE_BILLING_OVER_2_MONTHS, LATE_BILLING_CLASS_NOT_ALLOWED)
"""Reasons to wait because the period is closed; an approval bills the record all the same."""

NO_PRICE: Final = define_refusal(
    "NO_PRICE",
    cs="Ceník pro tento provoz ({value}) nemá cenu. Doplňte ji a období přepočtěte.",
    en="The price list has no price for this use ({value}). Add it and rate the period again.",
)

NO_TARIFF: Final = define_refusal(
    "NO_TARIFF",
    cs="Služba v okamžiku {value} neměla žádný tarif. Opravte smlouvu nebo záznam.",
    en="The service had no tariff at {value}. Correct the contract or the record.",
)
