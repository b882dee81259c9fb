"""Numbers of recipients as people write them (o2/3.1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol

from spojka.terms.clauses import Term
from spojka.terms.refusals import define_refusal

LONGEST_NUMBER: Final = 15
"""Digits of the longest number there is (ITU-T E.164, 6.1)."""

define_refusal(
    "RECIPIENT_INVALID",
    cs="{recipient} není číslo mobilního telefonu. Pište ho jako +420601234567.",
    en="{recipient} is no mobile number. Write it like +420601234567.",
)


class NumberTerms(Protocol):
    """What a number is read by."""

    @property
    def home_country_prefix(self) -> Term[str]:
        """How a Czech number begins."""

    @property
    def default_home_mobile_prefixes(self) -> Term[list[str]]:
        """How a Czech mobile number goes on."""

    @property
    def default_home_mobile_digits(self) -> Term[int]:
        """Digits of a Czech number without its prefix."""

    @property
    def default_recipient_digits_min(self) -> Term[int]:
        """The fewest digits of any number."""

    @property
    def default_recipient_digits_max(self) -> Term[int]:
        """The most digits of any number."""


@dataclass(frozen=True, slots=True)
class RecipientTerms:
    """The terms that say what a mobile number is."""

    home_country_prefix: Term[str]
    default_home_mobile_prefixes: Term[list[str]]
    default_home_mobile_digits: Term[int]
    default_recipient_digits_min: Term[int]
    default_recipient_digits_max: Term[int]


def normalise_recipient(written: str, terms: NumberTerms) -> str | None:
    """
    A recipient in E.164, or `None` when it is none: nine digits are Czech, `00` is `+` (o2/3.1).

    Spaces are dropped; a Czech number must lie in a mobile range.
    """
    number = written.replace(" ", "")
    home, digits = terms.home_country_prefix.value, terms.default_home_mobile_digits.value
    if number.startswith("00"):
        number = f"+{number[2:]}"
    elif number.isascii() and number.isdigit() and len(number) == digits:
        number = f"{home}{number}"
    rest = number[1:]
    if not number.startswith("+") or not (rest.isascii() and rest.isdigit()):
        return None
    if not terms.default_recipient_digits_min.value <= len(rest) <= terms.default_recipient_digits_max.value:
        return None
    if number.startswith(home):
        own = number[len(home) :]
        if len(own) != digits or not own.startswith(tuple(terms.default_home_mobile_prefixes.value)):
            return None
    return number


def is_dialled(number: str) -> bool:
    """Whether something is a number in digits, no longer than one may be (E.164)."""
    return number.isascii() and number.isdigit() and len(number) <= LONGEST_NUMBER


def is_number_of(number: str, app_number: str) -> bool:
    """
    Whether a number is an application number, alone or with digits behind it that name a user (o2/3.1).

    >>> [is_number_of(one, "1991042") for one in ("1991042", "199104212", "1991042123456789", "199104")]
    [True, True, False, False]
    """
    return number == app_number or (number.startswith(app_number) and is_dialled(number))
