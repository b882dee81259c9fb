"""The words of refusals that concern balances and online charging."""

from __future__ import annotations

from spojka.terms.refusals import define_refusal

define_refusal(
    "TOPUP_NOT_FOR_TARIFF",
    cs="Objem {topup} k tarifu {tariff} nepatří. Dokoupit lze: {offered}.",
    en="The volume {topup} does not go with the tariff {tariff}. You can buy: {offered}.",
)
define_refusal(
    "CHANNEL_NOT_OFFERED",
    cs="Cestou {channel} to nejde. Použijte: {channels}.",
    en="This cannot be done by {channel}. Use: {channels}.",
)
define_refusal(
    "LIMIT_ALREADY_ACTIVE",
    cs="Roamingový datový limit {limit} už je zapnutý; nic se nezměnilo.",
    en="The roaming data limit of {limit} is on already; nothing has changed.",
)
define_refusal(
    "LIMIT_ALREADY_OFF",
    cs="Roamingový datový limit {limit} už je vypnutý; nic se nezměnilo.",
    en="The roaming data limit of {limit} is off already; nothing has changed.",
)
define_refusal(
    "LIMIT_NOT_POSSIBLE",
    cs="Limit {value} nelze nastavit; zadejte částku od nuly výš.",
    en="A limit of {value} cannot be set; give an amount of zero or more.",
)
define_refusal(
    "LIMIT_ABOVE_PROVIDERS",
    cs="Vlastní limit {value} je vyšší než limit poskytovatele {providers}. Zadejte nižší.",
    en="Your own limit of {value} is above the provider's limit of {providers}. Give a lower one.",
)
define_refusal(
    "MAX_CALL_DURATION",
    cs="Hovor trvá nejvýše {longest_s} s, potom se ukončí. Volat lze znovu.",
    en="A call lasts at most {longest_s} s and is then released. You can call again.",
)
define_refusal(
    "ROAMING_LIMIT_EXCEEDED",
    cs="Data v roamingu dosáhla {counted} z limitu {limit}; další se nevejde. Limit lze vypnout.",
    en="Roaming data have reached {counted} of the limit of {limit}; more does not fit. The limit can be switched off.",
    also=("roaming_limit_reached",),
)
define_refusal(
    "UNITS_EXHAUSTED",
    cs="Datový objem je vyčerpán; data jsou přerušena do konce období. Další objem lze dokoupit.",
    en="The data volume is used up; data are interrupted until the period ends. More can be bought.",
    also=("blocked_volume",),
)
define_refusal(
    "PERIOD_LIMIT_EXCEEDED",
    cs="Limit {limit} na období by byl překročen; vyčerpáno je {spent}, předem zaplaceno {advance}.",
    en="The limit of {limit} for the period would be exceeded; {spent} is used, {advance} was paid in advance.",
    also=("limit_reached", "limit_period"),
)
define_refusal(
    "NOT_PRICED",
    cs="Pro {kind} na {destination} v zóně {zone} ceník nemá cenu.",
    en="The price list has no price for {kind} to {destination} in zone {zone}.",
)
define_refusal("SESSION_UNKNOWN", cs="Relace {session} není otevřená.", en="There is no open session {session}.")
define_refusal(
    "SESSION_ENDED",
    cs="Relace {session} už skončila; začněte novou.",
    en="The session {session} has ended; begin a new one.",
)
define_refusal(
    "SESSION_EXISTS",
    cs="Relace {session} už běží; nahlaste její užití, nebo začněte jinou.",
    en="The session {session} runs already; report its use, or begin another.",
)
define_refusal(
    "SEQUENCE_PASSED",
    cs="Krok s tímto pořadím už byl; relace je u kroku {sequence}.",
    en="A step of this number was taken before; the session is at step {sequence}.",
)
