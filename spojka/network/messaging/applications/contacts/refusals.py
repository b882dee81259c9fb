"""The words of refusals that concern contact persons."""

from __future__ import annotations

from spojka.terms.refusals import define_refusal

define_refusal(
    "CONTACT_PERSON_MISSING",
    cs="Aplikace nemá kontaktní osobu se jménem a telefonem. Uveďte jméno a číslo jako +420601000001.",
    en="The application has no contact person with a name and a phone. Give a name and a number like +420601000001.",
)
define_refusal(
    "CONTACT_PHONE_INVALID",
    cs="{phone} není telefonní číslo. Napište je jako 601 000 001 nebo +420601000001.",
    en="{phone} is no phone number. Write it as 601 000 001 or +420601000001.",
)
define_refusal(
    "NOT_CONTACT_PERSON",
    cs="{asked} není kontaktní osobou aplikace; o tento úkon může žádat jen ona. Kontaktní osobu lze změnit.",
    en="{asked} is not the application's contact person, who alone may ask for this. It can be changed.",
)
define_refusal(
    "DISCLOSURE_NOT_PERMITTED",
    cs="Údaje kontaktní osoby lze sdělit jen uživateli mobilního čísla, který si stěžuje na zprávu. Uveďte jeho číslo a"
    " případ.",
    en="A contact person is disclosed only to the user of a mobile number who complains of a message. Give the number"
    " and the case.",
)
