"""The words of refusals that concern orders of connectors."""

from __future__ import annotations

from spojka.terms.refusals import define_refusal

define_refusal(
    "OUTSTANDING_OBLIGATIONS",
    cs="Žadatel má po splatnosti {overdue}. Po zaplacení lze objednat znovu; obsluha smí s důvodem rozhodnout jinak.",
    en="The applicant owes {overdue} overdue. Order again once it is paid; staff may decide otherwise with a reason.",
    also=("bad_payment_history",),
)
define_refusal(
    "TERMS_NOT_PRESENTED",
    cs="Než se služba zapne, musí být k dispozici platné podmínky {edition}. Ukažte je a uveďte, které to byly.",
    en="Before the service is switched on the conditions in force, {edition}, must be shown. Show them and say which.",
)
define_refusal(
    "RESALE_NOT_PERMITTED",
    cs="Služba je jen pro účastníka samého; pro společnost {company} ji bez souhlasu poskytovatele užívat nelze.",
    en="The service is for the subscriber alone; without the provider's consent it cannot serve the company {company}.",
)
