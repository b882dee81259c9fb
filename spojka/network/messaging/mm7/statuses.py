"""Status codes of MM7 and what each means for another try (TS 23.140, 8.7.8.4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Retry(StrEnum):
    """What to do after a status."""

    NONE = "none"
    """It was done: nothing is left to try."""

    LATER = "later"
    """The server could not do it now; the same request may be sent again."""

    NEVER = "never"
    """The same request would be refused again."""


@dataclass(frozen=True, slots=True)
class StatusMeaning:
    """One row of the table: the code, our short text for `StatusText`, and the class of another try."""

    code: int
    text: str
    retry: Retry


SUCCESS: Final = 1000
PARTIAL_SUCCESS: Final = 1100
CLIENT_ERROR: Final = 2000
OPERATION_RESTRICTED: Final = 2001
ADDRESS_ERROR: Final = 2002
ADDRESS_NOT_FOUND: Final = 2003
CONTENT_REFUSED: Final = 2004
MESSAGE_ID_NOT_FOUND: Final = 2005
LINKED_ID_NOT_FOUND: Final = 2006
FORMAT_CORRUPT: Final = 2007
SERVER_ERROR: Final = 3000
UNSUPPORTED_VERSION: Final = 4002
UNSUPPORTED_OPERATION: Final = 4003
VALIDATION_ERROR: Final = 4004
SERVICE_ERROR: Final = 4005
SERVICE_UNAVAILABLE: Final = 4006

_TABLE: Final = (
    StatusMeaning(SUCCESS, "Success", Retry.NONE),
    StatusMeaning(PARTIAL_SUCCESS, "Partial success", Retry.NONE),
    StatusMeaning(CLIENT_ERROR, "Client error", Retry.NEVER),
    StatusMeaning(OPERATION_RESTRICTED, "Operation restricted", Retry.NEVER),
    StatusMeaning(ADDRESS_ERROR, "Address error", Retry.NEVER),
    StatusMeaning(ADDRESS_NOT_FOUND, "Address not found", Retry.NEVER),
    StatusMeaning(CONTENT_REFUSED, "Multimedia content refused", Retry.NEVER),
    StatusMeaning(MESSAGE_ID_NOT_FOUND, "Message ID not found", Retry.NEVER),
    StatusMeaning(LINKED_ID_NOT_FOUND, "Linked ID not found", Retry.NEVER),
    StatusMeaning(FORMAT_CORRUPT, "Message format corrupt", Retry.NEVER),
    StatusMeaning(2008, "Application ID not found", Retry.NEVER),
    StatusMeaning(2009, "Reply application ID not found", Retry.NEVER),
    StatusMeaning(SERVER_ERROR, "Server error", Retry.LATER),
    StatusMeaning(3001, "Not possible", Retry.NEVER),
    StatusMeaning(3002, "Message rejected", Retry.NEVER),
    StatusMeaning(3003, "Multiple addresses not supported", Retry.NEVER),
    StatusMeaning(3004, "Application addressing not supported", Retry.NEVER),
    StatusMeaning(4000, "General service error", Retry.NEVER),
    StatusMeaning(4001, "Improper identification", Retry.NEVER),
    StatusMeaning(UNSUPPORTED_VERSION, "Unsupported version", Retry.NEVER),
    StatusMeaning(UNSUPPORTED_OPERATION, "Unsupported operation", Retry.NEVER),
    StatusMeaning(VALIDATION_ERROR, "Validation error", Retry.NEVER),
    StatusMeaning(SERVICE_ERROR, "Service error", Retry.LATER),
    StatusMeaning(SERVICE_UNAVAILABLE, "Service unavailable", Retry.LATER),
    StatusMeaning(4007, "Service denied", Retry.NEVER),
    StatusMeaning(4008, "Application denied", Retry.NEVER),
)

STATUSES: Final[Mapping[int, StatusMeaning]] = MappingProxyType({row.code: row for row in _TABLE})
"""Every code of the standard, by its number."""


def is_success(code: int) -> bool:
    """
    Whether a code says that the request was done, wholly or in part: the codes 1000 to 1999.

    >>> [is_success(code) for code in (999, 1000, 1100, 1999, 2000)]
    [False, True, True, True, False]
    """
    return 1000 <= code <= 1999


def retry_class(code: int) -> Retry:
    """
    What to do after a status: only 3000, 4005 and 4006 are tried again; a code not in the table never, but for 1xxx.

    >>> [str(retry_class(code)) for code in (1000, 3000, 4006, 2007, 3999)]
    ['none', 'later', 'later', 'never', 'never']
    """
    known = STATUSES.get(code)
    if known is not None:
        return known.retry
    return Retry.NONE if is_success(code) else Retry.NEVER


def status_text(code: int) -> str:
    """The short text of a code for `StatusText`; a code not in the table is named by its number."""
    known = STATUSES.get(code)
    return known.text if known is not None else f"Status {code}"
