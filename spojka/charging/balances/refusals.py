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
