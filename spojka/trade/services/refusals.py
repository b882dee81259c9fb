"""The words of refusals that concern services."""

from __future__ import annotations

from spojka.terms.refusals import define_refusal

define_refusal(
    "TARIFF_CHANGE_TOO_SOON",
    cs="Tarif se měnil {changed_on}; další změna je možná od {earliest}.",
    en="The tariff changed on {changed_on}; the next change is possible from {earliest}.",
    also=("TARIFF_CHANGED_RECENTLY",),
)
define_refusal(
    "CHANGE_BLOCKED_BY_COMMITMENT",
    cs="Do {until} trvá závazek s útratou nejméně {spend} měsíčně; tento tarif jej neplní.",
    en="A commitment to spend at least {spend} a month runs until {until}; this tariff does not meet it.",
)
define_refusal(
    "TARIFF_NOT_OFFERED",
    cs="Tarif {tariff} není v platném ceníku. Nabízíme: {known}.",
    en="The tariff {tariff} is not in the price list in force. We offer: {known}.",
)
define_refusal(
    "SERVICE_NOT_OFFERED",
    cs="Služba {service} není v platné nabídce.",
    en="The service {service} is not in the current offer.",
)
define_refusal(
    "ELIGIBILITY_FIXED_SERVICE_MISSING",
    cs="Tarif {tariff} je jen pro zákazníky s aktivní pevnou službou. Zvolte tarif bez této podmínky.",
    en="The tariff {tariff} is only for customers with an active fixed service. Choose one without that condition.",
)
define_refusal("SERVICE_UNKNOWN", cs="Služba {service} není v evidenci.", en="There is no service {service}.")
define_refusal(
    "SERVICE_TERMINATED",
    cs="Služba skončila {ended_on}; je potřeba nová smlouva.",
    en="The service ended on {ended_on}; a new contract is needed.",
)
define_refusal("SIM_REQUIRED", cs="Službě chybí SIM karta.", en="The service has no SIM card.")
define_refusal("MSISDN_REQUIRED", cs="Službě chybí telefonní číslo.", en="The service has no phone number.")
define_refusal(
    "SIM_IN_USE", cs="Karta {iccid} už slouží jiné službě.", en="The card {iccid} already serves another service."
)
define_refusal(
    "MSISDN_IN_USE",
    cs="Číslo {msisdn} už slouží jiné službě.",
    en="The number {msisdn} already serves another service.",
)
define_refusal(
    "MSISDN_IN_QUARANTINE",
    cs="Číslo {msisdn} je v ochranné lhůtě do {until}.",
    en="The number {msisdn} is in quarantine until {until}.",
)
define_refusal(
    "MSISDN_NOT_OURS",
    cs="Číslo {msisdn} nepatří do rozsahů poskytovatele. Převod čísla řeší přenesení.",
    en="The number {msisdn} is not in the provider's ranges. To bring a number in, port it.",
)
define_refusal(
    "TECHNICALLY_INFEASIBLE",
    cs="Službu teď nelze zřídit, na skladě chybí {missing}.",
    en="The service cannot be set up now: there is no free {missing} in stock.",
)
define_refusal(
    "SERVICE_NOT_SUBSCRIBED",
    cs="Na tomto čísle žádná služba neběží.",
    en="No service runs on this number.",
)
define_refusal(
    "SERVICE_NOT_ENABLED",
    cs="Služba {service} není zapnutá. Zapnete ji jednou objednávkou.",
    en="The service {service} is not enabled. One order enables it.",
)
define_refusal(
    "PREMIUM_BARRED",
    cs="Volání na čísla 90x je blokované. O odblokování lze požádat; první je zdarma.",
    en="Calls to 90x numbers are blocked. Ask for the block to be lifted; the first time is free.",
)
define_refusal(
    "ROAMING_NOT_INCLUDED",
    cs="Roaming v zemi {country} není součástí služby. Objednejte jej.",
    en="Roaming in {country} is not part of the service. Order it.",
)
define_refusal(
    "NOT_SUPPORTED_OVER_WIFI",
    cs="Přes Wi-Fi to nejde ({what}). Připojte se k mobilní síti.",
    en="This does not work over Wi-Fi ({what}). Connect to a mobile network.",
)
define_refusal(
    "VOWIFI_OUTSIDE_CZ",
    cs="Volání přes Wi-Fi funguje jen z Česka, ne ze země {country}.",
    en="Wi-Fi calling works only from Czechia, not from {country}.",
)
define_refusal(
    "SERVICE_RESTRICTED",
    cs="Odchozí provoz je omezen ({reason}).",
    en="Outgoing traffic is restricted ({reason}).",
)
define_refusal(
    "SERVICE_INTERRUPTED",
    cs="Služba je přerušena ({reason}).",
    en="The service is interrupted ({reason}).",
)
define_refusal(
    "SUSPENSION_TOO_LONG",
    cs="Přerušit lze nejdéle do {longest}.",
    en="The longest interruption ends on {longest}.",
)
define_refusal(
    "RESTRICTION_REASON_MISSING",
    cs="Omezení musí mít důvod.",
    en="A restriction must have a reason.",
)
define_refusal(
    "EMERGENCY_MUST_STAY_OPEN",
    cs="Tísňová a harmonizovaná čísla nelze blokovat.",
    en="Emergency and harmonised numbers cannot be barred.",
)
define_refusal(
    "IDENTITY_NOT_VERIFIED",
    cs="Totožnost žadatele není ověřena (cesta: {channel}).",
    en="The requester's identity is not verified (channel: {channel}).",
    also=("identification_failed",),
)
define_refusal(
    "NOT_SUSPENDED",
    cs="Služba není přerušena, není co obnovit.",
    en="The service is not interrupted; there is nothing to restore.",
)
define_refusal(
    "CONTRACT_REQUIRED",
    cs="Službu lze zřídit jen podle uzavřené smlouvy; smlouva {contract} je teprve návrh.",
    en="A service is provided only under a concluded contract; the contract {contract} is still a draft.",
)
