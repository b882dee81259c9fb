"""Kinds of mandatory fields of SMPP: how each is read and written, and the status when it is wrong (5.2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Protocol

from spojka.network.messaging.smpp.statuses import (
    ESME_RINVCMDLEN,
    ESME_RINVDESTFLAG,
    ESME_RINVDLNAME,
    ESME_RINVDSTADR,
    ESME_RINVMSGLEN,
    ESME_RINVNUMDESTS,
)

MOST_SHORT: Final = 254
"""Octets that a short_message holds."""
MOST_DESTINATIONS: Final = 254
_BY_NUMBER: Final = 1
_BY_LIST: Final = 2


class FieldWrong(ValueError):
    """
    A field that cannot be read, or a value that a field cannot hold.

    Reading turns it into a value (`Malformed`); writing lets it through, since the caller gave what cannot be sent.
    """

    def __init__(self, name: str, status: int, reason: str) -> None:
        super().__init__(f"{name}: {reason}")
        self.name, self.status, self.reason = name, status, reason


class Field(Protocol):
    """A named field of a frame."""

    @property
    def name(self) -> str:
        """What the specification calls it; the attribute of the PDU has the same name."""

    def read(self, frame: bytes, at: int) -> tuple[Any, int]:
        """The value at a place of a frame and the place after it; raises `FieldWrong`."""

    def write(self, value: Any) -> bytes:
        """The value as octets; raises `FieldWrong`."""


@dataclass(frozen=True, slots=True)
class Number:
    """An unsigned number of `size` octets."""

    name: str
    size: int = 1

    def read(self, frame: bytes, at: int) -> tuple[int, int]:
        """See `Field`."""
        end = at + self.size
        if end > len(frame):
            raise FieldWrong(self.name, ESME_RINVCMDLEN, "the frame ends before it")
        return int.from_bytes(frame[at:end], "big"), end

    def write(self, value: int) -> bytes:
        """See `Field`."""
        try:
            return value.to_bytes(self.size, "big")
        except OverflowError:
            raise FieldWrong(self.name, ESME_RINVCMDLEN, f"{value} does not fit {self.size} octets") from None


@dataclass(frozen=True, slots=True)
class Text:
    """A C-string of at most `most` octets with its NUL; octets above 127 are kept one to one (Latin-1)."""

    name: str
    most: int
    status: int

    def read(self, frame: bytes, at: int) -> tuple[str, int]:
        """See `Field`."""
        end = frame.find(0, at, at + self.most)
        if end < 0:
            cut = at + self.most > len(frame)
            reason = "the frame ends before its NUL" if cut else f"longer than {self.most - 1} characters"
            raise FieldWrong(self.name, ESME_RINVCMDLEN if cut else self.status, reason)
        return frame[at:end].decode("latin-1"), end + 1

    def write(self, value: str) -> bytes:
        """See `Field`."""
        if len(value) >= self.most:
            raise FieldWrong(self.name, self.status, f"longer than {self.most - 1} characters")
        if "\0" in value:
            raise FieldWrong(self.name, self.status, "a NUL in it")
        try:
            return value.encode("latin-1") + b"\0"
        except UnicodeEncodeError:
            raise FieldWrong(self.name, self.status, "a character that is not one octet") from None


@dataclass(frozen=True, slots=True)
class Octets:
    """A length in one octet (`sm_length`) and so many octets."""

    name: str = "short_message"

    def read(self, frame: bytes, at: int) -> tuple[bytes, int]:
        """See `Field`."""
        if at >= len(frame):
            raise FieldWrong("sm_length", ESME_RINVCMDLEN, "the frame ends before it")
        length = frame[at]
        end = at + 1 + length
        if length > MOST_SHORT or end > len(frame):
            raise FieldWrong("sm_length", ESME_RINVMSGLEN, f"{length} octets are not there")
        return frame[at + 1 : end], end

    def write(self, value: bytes) -> bytes:
        """See `Field`."""
        if len(value) > MOST_SHORT:
            raise FieldWrong(self.name, ESME_RINVMSGLEN, f"longer than {MOST_SHORT} octets")
        return bytes((len(value),)) + value


@dataclass(frozen=True, slots=True)
class Destination:
    """A destination of submit_multi: a number with its type and plan, or a list when `dl_name` is given."""

    addr: str = ""
    ton: int = 1
    npi: int = 1
    dl_name: str = ""


@dataclass(frozen=True, slots=True)
class Unsuccessful:
    """A destination of submit_multi that the centre did not take, and why."""

    addr: str
    ton: int
    npi: int
    status: int


_TON: Final = Number("dest_addr_ton")
_NPI: Final = Number("dest_addr_npi")
_ADDR: Final = Text("destination_addr", 21, ESME_RINVDSTADR)
_DL_NAME: Final = Text("dl_name", 21, ESME_RINVDLNAME)
_FLAG: Final = Number("dest_flag")
_ERROR: Final = Number("error_status_code", 4)


@dataclass(frozen=True, slots=True)
class Destinations:
    """The destinations of submit_multi: 1 to 254 of them."""

    name: str = "destinations"

    def read(self, frame: bytes, at: int) -> tuple[tuple[Destination, ...], int]:
        """See `Field`."""
        count, at = Number("number_of_dests").read(frame, at)
        if not 1 <= count <= MOST_DESTINATIONS:
            raise FieldWrong("number_of_dests", ESME_RINVNUMDESTS, f"{count} destinations")
        found = []
        for _ in range(count):
            flag, at = _FLAG.read(frame, at)
            if flag == _BY_NUMBER:
                ton, at = _TON.read(frame, at)
                npi, at = _NPI.read(frame, at)
                addr, at = _ADDR.read(frame, at)
                found.append(Destination(addr, ton, npi))
            elif flag == _BY_LIST:
                name, at = _DL_NAME.read(frame, at)
                found.append(Destination("", 0, 0, name))
            else:
                raise FieldWrong("dest_flag", ESME_RINVDESTFLAG, f"{flag} is neither a number nor a list")
        return tuple(found), at

    def write(self, value: tuple[Destination, ...]) -> bytes:
        """See `Field`."""
        if not 1 <= len(value) <= MOST_DESTINATIONS:
            raise FieldWrong("number_of_dests", ESME_RINVNUMDESTS, f"{len(value)} destinations")
        parts = [bytes((len(value),))]
        for one in value:
            if one.dl_name:
                parts += bytes((_BY_LIST,)), _DL_NAME.write(one.dl_name)
            else:
                parts += bytes((_BY_NUMBER,)), _TON.write(one.ton), _NPI.write(one.npi), _ADDR.write(one.addr)
        return b"".join(parts)


@dataclass(frozen=True, slots=True)
class Refusals:
    """The destinations of submit_multi that were not taken: 0 to 255."""

    name: str = "unsuccessful"

    def read(self, frame: bytes, at: int) -> tuple[tuple[Unsuccessful, ...], int]:
        """See `Field`."""
        count, at = Number("no_unsuccess").read(frame, at)
        found = []
        for _ in range(count):
            ton, at = _TON.read(frame, at)
            npi, at = _NPI.read(frame, at)
            addr, at = _ADDR.read(frame, at)
            status, at = _ERROR.read(frame, at)
            found.append(Unsuccessful(addr, ton, npi, status))
        return tuple(found), at

    def write(self, value: tuple[Unsuccessful, ...]) -> bytes:
        """See `Field`."""
        parts = [Number("no_unsuccess").write(len(value))]
        for one in value:
            parts += _TON.write(one.ton), _NPI.write(one.npi), _ADDR.write(one.addr), _ERROR.write(one.status)
        return b"".join(parts)
