"""The words of refusals that concern faults, outages and the credit for them."""

from __future__ import annotations

from spojka.terms.refusals import define_refusal

define_refusal(
    "WRONG_FAULT_CHANNEL",
    cs="Závady se hlásí jen na pracovišti {phone}, nepřetržitě ({hours}). Toto hlášení nic nespouští.",
    en="Faults are reported at the desk {phone} only, round the clock ({hours}). This report starts nothing.",
)
define_refusal(
    "PRECHECK_MISSING",
    cs="Před hlášením je třeba zkontrolovat: {missing}. Projděte to s volajícím a hlášení zopakujte.",
    en="Still to be checked before the report: {missing}. Go through it with the caller and report again.",
)
define_refusal(
    "FAULT_UNKNOWN",
    cs="Hlášení závady {ticket} není v evidenci.",
    en="There is no fault ticket {ticket}.",
)
define_refusal(
    "FAULT_STATE_INVALID",
    cs="Hlášení je ve stavu {state}; stav {wanted} po něm nenásleduje.",
    en="The ticket is {state}; {wanted} does not come after that.",
)
define_refusal(
    "FAULT_CAUSE_UNKNOWN",
    cs="Příčina {cause} není známa. Známé jsou: {causes}.",
    en="The cause {cause} is not known. Known are: {causes}.",
)
define_refusal(
    "OUTAGE_UNKNOWN",
    cs="Výpadek {outage} není v evidenci.",
    en="There is no outage {outage}.",
)
define_refusal(
    "OUTAGE_TIME_INVALID",
    cs="Výpadek od {starts_at} do {ends_at} není možný: konec musí být po začátku a žádný okamžik v budoucnosti.",
    en="An outage from {starts_at} to {ends_at} is impossible: its end is after its start and neither in the future.",
)
define_refusal(
    "OUTAGE_LASTS",
    cs="Výpadek od {starts_at} ještě trvá. O snížení ceny lze požádat po jeho konci.",
    en="The outage since {starts_at} still lasts. A reduction can be asked for once it is over.",
)
define_refusal(
    "CAUSE_NOT_PROVIDER",
    cs="Příčina výpadku je {cause}, ne na straně poskytovatele. Cena se za něj nesnižuje.",
    en="The cause of the outage is {cause}, not on the provider's side. The fee is not lowered for it.",
)
define_refusal(
    "OUTAGE_NOT_LONGER_THAN_DAY",
    cs="Výpadek trval {hours} h bez přestávky; cena se snižuje, jen když trvá déle než {threshold} h.",
    en="The outage lasted {hours} h without a break; the fee is lowered only when it lasts longer than {threshold} h.",
)
define_refusal(
    "OUTAGE_CREDITED",
    cs="Za výpadek od {starts_at} už byla cena snížena.",
    en="The fee was lowered for the outage since {starts_at} already.",
)
define_refusal(
    "OUTAGE_CLAIM_LATE",
    cs="O snížení ceny bylo možné požádat do {until_on}.",
    en="The reduction could be asked for until {until_on}.",
)
