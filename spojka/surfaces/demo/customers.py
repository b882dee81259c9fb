"""The demonstration's customers: people and companies with Czech names, each with a number, a card and a tariff."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Final

from spojka.surfaces.demo.drawing import DemoService, Profile

_WOMEN: Final = (
    "Jana",
    "Marie",
    "Eva",
    "Hana",
    "Anna",
    "Lenka",
    "Kateřina",
    "Věra",
    "Lucie",
    "Alena",
    "Šárka",
    "Ludmila",
)
_MEN: Final = (
    "Jiří",
    "Jan",
    "Petr",
    "Josef",
    "Pavel",
    "Martin",
    "Tomáš",
    "Jaroslav",
    "Miroslav",
    "Zdeněk",
    "Václav",
    "Řehoř",
)
_NAMES: Final = (
    ("Novák", "Nováková"),
    ("Svoboda", "Svobodová"),
    ("Dvořák", "Dvořáková"),
    ("Černý", "Černá"),
    ("Procházka", "Procházková"),
    ("Kučera", "Kučerová"),
    ("Veselý", "Veselá"),
    ("Horák", "Horáková"),
    ("Chalupa", "Chalupová"),
    ("Šimek", "Šimková"),
    ("Žák", "Žáková"),
    ("Čermák", "Čermáková"),
)
_FIRMS: Final = ("Pekárna", "Truhlářství", "Stavby", "Květinářství", "Autodoprava", "Účetnictví", "Zahrady", "Elektro")
_STREETS: Final = ("Dlouhá", "Husova", "Nádražní", "Zahradní", "Školní", "Lipová", "Na Kopci", "U Potoka")
_TOWNS: Final = (
    ("Praha 4", "140 00"),
    ("Brno", "602 00"),
    ("Plzeň", "301 00"),
    ("Olomouc", "779 00"),
    ("Kladno", "272 01"),
    ("Zlín", "760 01"),
)
_TARIFFS: Final = (
    ("nej-mobil-basic", 24),
    ("nej-mobil-plus", 40),
    ("nej-mobil-max", 16),
    ("nej-mobil-data", 10),
    ("nej-mobil-zavazek", 10),
)
_PROFILES: Final[tuple[tuple[Profile, int], ...]] = (("ordinary", 70), ("heavy", 12), ("light", 18))


@dataclass(frozen=True, slots=True)
class DemoCustomer:
    """
    One customer of the demonstration.

    Args:
        party: arguments of `parties.register`.
        msisdn: the number signed for.
        tariff: what is signed.
        profile: how much the service is used.
        beyond: whether calls abroad and MMS are ordered.

    """

    party: dict[str, object]
    msisdn: str
    tariff: str
    profile: Profile
    beyond: bool


def with_check_digit(seven: str) -> str:
    """
    A company number from its first seven digits (check digit modulo 11).

    >>> with_check_digit("0321359")
    '03213595'
    """
    total = sum(int(digit) * weight for digit, weight in zip(seven, range(8, 1, -1), strict=True))
    return seven + str((11 - total % 11) % 10)


def demo_customers(count: int, seed: int) -> list[DemoCustomer]:
    """So many customers; the same seed makes the same ones."""
    draw = random.Random(seed)  # noqa: S311  # made-up people, not secrets
    return [_customer(number, draw) for number in range(count)]


def _customer(number: int, draw: random.Random) -> DemoCustomer:
    woman = draw.random() < 0.5  # half of them
    his, hers = draw.choice(_NAMES)
    name = f"{draw.choice(_WOMEN)} {hers}" if woman else f"{draw.choice(_MEN)} {his}"
    town, zip_code = draw.choice(_TOWNS)
    party: dict[str, object] = {
        "kind": "consumer",
        "name": name,
        "born_on": f"{draw.randint(1950, 2004)}-{draw.randint(1, 12):02}-{draw.randint(1, 28):02}",
        "email": f"zakaznik{number + 1}@example.cz",
        "language": "en" if draw.random() < 0.1 else "cs",  # one in ten
        "address": {"street": f"{draw.choice(_STREETS)} {draw.randint(1, 80)}", "city": town, "zip_code": zip_code},
    }
    if number % 6 == 5:  # every sixth is a business
        ico = with_check_digit(f"{2_500_000 + number * 37:07}")
        party |= {"kind": "business", "name": f"{draw.choice(_FIRMS)} {his} s.r.o.", "ico": ico, "dic": f"CZ{ico}"}
        del party["born_on"]
    tariff = draw.choices([code for code, _ in _TARIFFS], [weight for _, weight in _TARIFFS])[0]
    profile = draw.choices([code for code, _ in _PROFILES], [weight for _, weight in _PROFILES])[0]
    return DemoCustomer(party, f"+420601{number:06}", tariff, profile, beyond=number % 4 == 1)  # one in four


def service_of(customer: DemoCustomer, imsi: str) -> DemoService:
    """The customer's service as traffic is drawn for it."""
    return DemoService(customer.msisdn, imsi, customer.profile, customer.beyond)
