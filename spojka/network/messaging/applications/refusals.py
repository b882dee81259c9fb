"""The words of refusals that concern applications, their options and limits."""

from __future__ import annotations

from spojka.terms.refusals import define_refusal

define_refusal(
    "OPTION_NOT_AVAILABLE",
    cs="Funkci {option} nelze k produktu {product} objednat. Nabízí se u: {products}.",
    en="The option {option} cannot be ordered for {product}. It is offered for: {products}.",
)
define_refusal(
    "OPTION_ORDER_CHANNEL",
    cs="Funkce se objednávají jen na lince péče o zákazníky. Zavolejte na {phone}, nebo si vyžádejte zpětné zavolání.",
    en="Options are ordered on the customer care line only. Call {phone} or ask to be called back.",
)
define_refusal(
    "CALLBACK_PHONE_INVALID",
    cs="Na číslo {phone} zavolat nelze. Uveďte číslo mobilního telefonu jako +420601000001.",
    en="The number {phone} cannot be called. Give a mobile number like +420601000001.",
)
define_refusal(
    "PRICE_MISSING",
    cs="Ceník nemá pro produkt {product} položku: {item}. Bez ceny se nic nezapne.",
    en="The price list has no item for {product}: {item}. Nothing is switched on without a price.",
)
define_refusal(
    "THROUGHPUT_NOT_ABOVE_BASE",
    cs="Propustnost {rate}/s není vyšší než základní {base}/s produktu {product}. Zvolte vyšší.",
    en="A throughput of {rate}/s is not above the basic {base}/s of {product}. Choose a higher one.",
)
define_refusal(
    "THROUGHPUT_ABOVE_MAXIMUM",
    cs="Propustnost {rate}/s je nad nejvyšší možnou {most}/s produktu {product}.",
    en="A throughput of {rate}/s is above the maximum of {most}/s of {product}.",
)
define_refusal("NICKNAME_EMPTY", cs="Přezdívka je prázdná.", en="The nickname is empty.")
define_refusal(
    "NICKNAME_DIACRITICS",
    cs="Přezdívka {nickname} má znak s diakritikou. Napište ji bez háčků a čárek.",
    en="The nickname {nickname} has a letter with a diacritic. Write it without.",
)
define_refusal(
    "NICKNAME_BAD_CHARACTER",
    cs="V přezdívce {nickname} nesmí být {character}. Povolené jsou znaky {allowed}.",
    en="The nickname {nickname} must not contain {character}. Allowed are the characters {allowed}.",
)
define_refusal(
    "NICKNAME_TOO_LONG",
    cs="Přezdívka {nickname} má {length} znaků, smí mít nejvýše {most}.",
    en="The nickname {nickname} has {length} characters; {most} are allowed.",
)
define_refusal(
    "NICKNAME_NUMERIC_ONLY",
    cs="Přezdívka {nickname} nemá písmeno a vypadala by jako telefonní číslo. Přidejte písmeno.",
    en="The nickname {nickname} has no letter and would look like a phone number. Add a letter.",
)
define_refusal(
    "NICKNAME_TAKEN",
    cs="Přezdívku {nickname} už má nebo žádá jiný účastník. Zvolte jinou.",
    en="Another subscriber has or asks for the nickname {nickname}. Choose another one.",
)
define_refusal(
    "NICKNAME_OFFENSIVE",
    cs="Přezdívka {nickname} obsahuje nevhodný výraz. Zvolte jinou; omyl může obsluha s důvodem napravit.",
    en="The nickname {nickname} contains an improper expression. Choose another one; staff may overrule a mistake.",
)
define_refusal(
    "NICKNAME_UNLAWFUL",
    cs="Přezdívka {nickname} podněcuje k nenávisti nebo násilí. Zvolte jinou; omyl může obsluha s důvodem napravit.",
    en="The nickname {nickname} raises hatred or violence. Choose another one; staff may overrule a mistake.",
)
define_refusal(
    "NICKNAME_TRADEMARK",
    cs="Přezdívka {nickname} obsahuje chráněné označení {name}. Doložte oprávnění je užívat.",
    en="The nickname {nickname} contains the protected name {name}. Give a document that entitles to it.",
)
define_refusal(
    "OPTION_UNKNOWN",
    cs="Funkce {option} není v evidenci, nebo už o ní bylo rozhodnuto či skončila.",
    en="There is no option {option}, or it was decided about or has ended.",
)
define_refusal(
    "OPTION_END_IN_PAST",
    cs="Funkci nelze ukončit zpětně k {at}. Zvolte nejdřív dnešní okamžik.",
    en="An option cannot be ended back at {at}. Choose this instant at the earliest.",
)
define_refusal(
    "LIMIT_REQUEST_UNKNOWN",
    cs="Žádost o limit {request} není v evidenci, nebo už o ní bylo rozhodnuto.",
    en="There is no request for a limit {request}, or it was decided about.",
)
define_refusal(
    "LIMIT_ABOVE_REQUEST",
    cs="Žádáno bylo o limit {asked}, povolit lze nejvýše tolik, ne {granted}.",
    en="The limit asked for was {asked}; no more than that can be granted, not {granted}.",
)
define_refusal(
    "RESALE_REQUEST_UNKNOWN",
    cs="Žádost o souhlas {request} není v evidenci, nebo už o ní bylo rozhodnuto.",
    en="There is no request for a consent {request}, or it was decided about.",
)
