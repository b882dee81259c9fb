"""What the programs write, and to whom."""

from __future__ import annotations

from typing import Final

from spojka.surfaces.demo.connector.subscribers import DemoApplication

PREFIXES: Final = ("602", "777", "603", "606", "731", "608")
"""Beginnings of numbers in all three Czech networks."""
OF_O2: Final = ("602", "606")
TEXTS: Final = {
    "objednávky": "Vaše objednávka {n} je na cestě, dorazí dnes mezi 14. a 16. hodinou.",
    "akce": "Jen do nedele: slunecnice za polovic! Nechcete-li uz psat, odpovezte STOP na {own}.",
    "upomínky": "Připomínáme splátku {n}: splatnost je už zítra. Pojišťovna Kotva",
    "kódy": "Overovaci kod: {code:06d}. Nikomu ho nesdelujte.",
}
LONGER: Final = " Variabilní symbol a číslo účtu najdete ve smlouvě."
"""One text in so many is longer, and takes two parts."""
FIXED_LINE: Final = "+420222123456"
"""Nobody reads messages there."""


def recipient(application: DemoApplication, number: int) -> str:
    """Whom a message goes to; one in so many numbers is wrong, as in any list of customers."""
    plan = application.plan
    if number % 997 == 500:  # a few
        return FIXED_LINE
    place = number % (plan.messages // 2) if plan.nickname else number  # offers go to the same people twice
    return f"+420{PREFIXES[place % len(PREFIXES)]}{len(plan.name) % 10}{place:05}"


def text(application: DemoApplication, number: int) -> str:
    """The words of a message."""
    words = TEXTS[application.plan.name]
    if application.plan.name == "upomínky" and number % 40 == 0:
        words += LONGER
    return words.format(n=number + 1, code=number * 7919 % 1_000_000, own=application.msisdn)


def dialled(application: DemoApplication, mobile: str) -> str:
    """The number of an application that a phone can write to: the short one from the own network alone (o2/3.1)."""
    return application.app_number if mobile.removeprefix("+420").startswith(OF_O2) else application.msisdn
