"""The words of refusals that concern complaints."""

from __future__ import annotations

from spojka.terms.refusals import define_refusal

define_refusal(
    "COMPLAINT_UNKNOWN",
    cs="Stížnost {case} není v evidenci.",
    en="There is no complaint {case}.",
)
define_refusal(
    "COMPLAINT_DECIDED",
    cs="O stížnosti už bylo rozhodnuto ({state}).",
    en="The complaint was decided already ({state}).",
)
define_refusal(
    "COMPLAINANT_MISSING",
    cs="Na nevyžádanou zprávu si stěžuje ten, komu přišla. Uveďte jeho mobilní číslo; {phone} jím není.",
    en="Whoever got an unsolicited message complains about it. Give that mobile number; {phone} is none.",
)
define_refusal(
    "MESSAGE_NOT_MATCHED",
    cs="Taková zpráva v záznamech není. Ověřte číslo a čas, nebo uveďte označení zprávy.",
    en="There is no such message in the log. Check the number and the time, or name the message.",
)
define_refusal(
    "MESSAGES_OF_SEVERAL_SERVICES",
    cs="Uvedené zprávy jsou z více služeb. Založte případ pro každou zvlášť.",
    en="The messages named are of several services. Open a case for each.",
)
define_refusal(
    "NO_PRIOR_WARNING",
    cs="Bez doručeného předchozího varování ({ground}) nelze opatření přijmout. Varujte a vyčkejte doručení; je:"
    " {delivered_at}.",
    en="Nothing can be done without a delivered prior warning ({ground}). Warn and wait for its delivery; it is:"
    " {delivered_at}.",
)
define_refusal(
    "WARNING_MISSING",
    cs="V tomto případu se ještě nevarovalo. Nejdřív varujte.",
    en="Nobody was warned in this case yet. Warn first.",
)
define_refusal(
    "DELIVERY_NOT_POSSIBLE",
    cs="Varování sepsané {written_at} nemohlo být doručeno {delivered_at}. Opište okamžik z dokladu.",
    en="A warning written at {written_at} cannot have been delivered at {delivered_at}. Copy it from the proof.",
)
define_refusal(
    "GROUND_NOT_CONTENT",
    cs="Náhrada škody patří k obsahu zpráv; důvod tohoto případu je {ground}.",
    en="Damages belong to what messages say; the ground of this case is {ground}.",
)
define_refusal(
    "CLAIM_UNKNOWN",
    cs="Nárok {claim} není v evidenci, nebo už byl uplatněn.",
    en="There is no claim {claim}, or it was asserted already.",
)
define_refusal(
    "CLAIM_INCOMPLETE",
    cs="Nárok potřebuje kladnou částku, výpočet a splatnost nejdřív dnes; uvedeno {amount} do {due_on}.",
    en="A claim needs an amount above zero, its calculation and a due date of today at the earliest; given were"
    " {amount} by {due_on}.",
)
