"""What the network asks, what it is answered, and the session kept between the two."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final, Literal
from uuid import UUID

from spojka.access.operations.outcome import plain
from spojka.kernel.refusals import Refusal

Kind = Literal["voice", "video", "sms", "mms", "data"]
Direction = Literal["mo", "mt", "forwarded"]
Access = Literal["cellular", "vowifi"]
Act = Literal["reserve", "commit", "release", "expire"]
Result = Literal["granted", "stopped", "refused", "released"]

KINDS: Final[tuple[Kind, ...]] = ("voice", "video", "sms", "mms", "data")
MOST_UNITS: Final = 2**42
"""No step reports or asks for more: 4 TiB."""
MOST_SEQUENCE: Final = 2**31 - 1
UNIT_OF: Final[dict[Kind, str]] = {"voice": "s", "video": "s", "sms": "SMS", "mms": "MMS", "data": "B"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """
    What a session is for, as the network says it.

    Args:
        kind: what is used; its unit is seconds, messages or bytes.
        to: the number called (outgoing) or calling (incoming), as dialled; none for data.
        direction: who started it.
        visited: ISO country it is used in.
        access: how the device is attached.
        rating_group: as the network groups data.
        imsi: the card.
        imei: the device.
        cell: where, as the network writes it.

    """

    kind: Kind
    to: str = ""
    direction: Direction = "mo"
    visited: str = "CZ"
    access: Access = "cellular"
    rating_group: int | None = None
    imsi: str | None = None
    imei: str | None = None
    cell: str | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """
    One step of a session.

    Args:
        session: its id, chosen by whoever asks.
        sequence: counts the session's steps up; a repeated one answers the same and changes nothing.
        act: begin it, report use and go on, or end it; `expire` ends one that fell silent.
        at: the instant of the step.
        subscriber: on `reserve`, a service's id, or an MSISDN or IMSI.
        wanted: on `reserve`, what for.
        used: units since the step before.
        asked: units wanted on top; `None` lets the desk choose.

    """

    session: UUID
    sequence: int
    act: Act
    at: datetime
    subscriber: UUID | str | None = None
    wanted: Wanted | None = None
    used: int = 0
    asked: int | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.used <= MOST_UNITS or not 0 <= (self.asked or 0) <= MOST_UNITS:
            raise ValueError(f"units of a step are whole, from 0 to {MOST_UNITS}: {self.used} used, {self.asked} asked")
        if not 0 <= self.sequence <= MOST_SEQUENCE:
            raise ValueError(f"a step's sequence is from 0 to {MOST_SEQUENCE}, not {self.sequence}")


@dataclass(slots=True)  # not frozen, which would make each take three times as long; nobody changes one
class Answer:
    """
    What a step came to.

    Args:
        session: whose.
        sequence: of the step.
        result: `granted`; `stopped`: what was used is kept and nothing more may be; `refused`: nothing was changed;
            `released`: it ended.
        granted: units that may be used from now on.
        final: nothing more follows this grant, so the network ends the session when it is used up.
        valid_s: after so many seconds the network reports again; `None` without such an end.
        why: what keeps a grant below what was asked, with its clauses.
        used: units of the session's present part.
        free: units of them that pools and buckets cover.
        charge_micros: what they cost.
        slowed_kbps: the speed, where data go on slowly.
        repeated: the step had been done before.
        unkept: nothing is kept of the session, so nothing more needs to be reported: an emergency call of a card
            without a service.

    """

    session: UUID
    sequence: int
    result: Result
    granted: int = 0
    final: bool = False
    valid_s: int | None = None
    why: Refusal | None = None
    used: int = 0
    free: int = 0
    charge_micros: int = 0
    slowed_kbps: int | None = None
    repeated: bool = False
    unkept: bool = False

    def stored(self) -> list[Any]:
        """As JSON-ready data."""
        why = self.why and [self.why.code, list(self.why.clauses), plain(dict(self.why.figures))]
        figures = (self.granted, self.final, self.valid_s, self.used, self.free, self.charge_micros, self.slowed_kbps)
        return [self.result, why, *figures]

    @classmethod
    def again(cls, session: UUID, sequence: int, stored: list[Any]) -> Answer:
        """A stored answer, given for a repeated step."""
        result, why, granted, final, valid_s, used, free, charge_micros, slowed_kbps = stored
        refusal = Refusal(why[0], tuple(why[1]), why[2]) if why else None
        return cls(
            session,
            sequence,
            result,
            granted,
            final,
            valid_s,
            refusal,
            used,
            free,
            charge_micros,
            slowed_kbps,
            repeated=True,
        )


@dataclass(frozen=True, slots=True)
class Use:
    """
    What a session is for, looked up once when it begins.

    Args:
        wanted: as the network said it.
        service_key: the number of the service.
        other: the other number, normalised; none for data.
        dest_class: its class.
        zone: where it is used.
        network: the network of a called mobile number.
        network_version: the state of the ported numbers it was found in.
        price_micros: the price that stands in the number.
        price_per: what that price is for.

    """

    wanted: Wanted
    service_key: str
    other: str | None
    dest_class: str
    zone: str
    network: str | None = None
    network_version: str | None = None
    price_micros: int | None = None
    price_per: str | None = None

    @property
    def kind(self) -> Kind:
        """What is used."""
        return self.wanted.kind

    def stored(self) -> list[Any]:
        """As JSON-ready data."""
        said = self.wanted
        return [
            [said.kind, said.to, said.direction, said.visited, said.access],
            [said.rating_group, said.imsi, said.imei, said.cell],
            [self.service_key, self.other, self.dest_class, self.zone],
            [self.network, self.network_version, self.price_micros, self.price_per],
        ]

    @classmethod
    def read(cls, stored: list[Any]) -> Use:
        """The value back from `stored`."""
        said, device, placed, looked_up = stored
        return cls(Wanted(*said, *device), *placed, *looked_up)


@dataclass(slots=True)  # not frozen, which would make each take three times as long; nobody changes one
class Session:
    """
    A session between two steps; see `models.ChargingSession`.

    `used` and `reserved` are units of its present part: carried and reported, and granted on top of that. `expired`
    says that silence ended it, so that a late report still counts.
    """

    id: UUID
    service: UUID
    period_on: date
    use: Use
    started_at: datetime
    touched_at: datetime
    part: int = 1
    sequence: int = 0
    used: int = 0
    reserved: int = 0
    is_open: bool = True
    expired: bool = False
    answer: list[Any] = field(default_factory=list)

    @property
    def held(self) -> int:
        """Units that nobody else may have."""
        return self.used + self.reserved

    @property
    def record_id(self) -> str:
        """The id of its present part's usage record."""
        return str(self.id) if self.part == 1 else f"{self.id}.{self.part}"
