"""The words of refusals that concern consents."""

from __future__ import annotations

from spojka.terms.refusals import define_refusal

define_refusal(
    "CONSENT_WITHDRAWN",
    cs="Příjemce {recipient} odvolal {withdrawn_at} souhlas s takovými zprávami.",
    en="The recipient {recipient} withdrew the consent to such messages at {withdrawn_at}.",
)
define_refusal(
    "CONSENT_MISSING",
    cs="Pro příjemce {recipient} není evidován souhlas. Zapište jej s dokladem, pak zprávu pošlete znovu.",
    en="No consent of the recipient {recipient} is on record. Record it with its evidence, then send again.",
)
define_refusal(
    "CONSENT_IN_FUTURE",
    cs="Souhlas nemohl být dán až {given_at}. Uveďte okamžik, kdy jej příjemce dal.",
    en="A consent cannot have been given at {given_at}, which is yet to come. Give the instant of the consent.",
)
define_refusal(
    "CONSENT_NOT_PROVABLE",
    cs="Souhlas příjemce {recipient} není čím prokázat. Uveďte, jak byl dán, a jeho znění nebo otisk dokladu.",
    en="Nothing proves the consent of {recipient}. Say how it was given, and its wording or its file's digest.",
)
define_refusal(
    "EVIDENCE_HASH_INVALID",
    cs="{hash} není otisk SHA-256: 64 šestnáctkových číslic malými písmeny.",
    en="{hash} is no SHA-256 digest: 64 hexadecimal digits in lower case.",
)
define_refusal(
    "WITHDRAWAL_IN_FUTURE",
    cs="Souhlas nelze odvolat k budoucímu okamžiku {at}. Uveďte, kdy příjemce odvolání sdělil.",
    en="A consent is not withdrawn from {at}, which is yet to come. Give the instant when the recipient said so.",
)
define_refusal("MESSAGE_UNKNOWN", cs="Zpráva {message} není v evidenci.", en="There is no message {message}.")
