"""Between bodies of Nchf converged charging and steps of sessions: each rating group of a resource is one session."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from spojka.access.operations.outcome import plain
from spojka.charging.balances.online.sessions import UNIT_OF, Answer, Kind, Step, Wanted
from spojka.charging.usage.classes import HOME_COUNTRY
from spojka.kernel.refusals import Refusal
from spojka.kernel.time import micros_of
from spojka.surfaces.gateway.bodies import BodyWrong, ChargingBody, Ims, UnitUsage
from spojka.surfaces.gateway.countries import country_of

FREE: Final = "free-"
"""Begins the reference of what nothing is kept of: an emergency call of a card without a service."""
FARTHEST: Final = timedelta(days=1)
"""A request of another day is no request of a running network."""
_GROUPS: Final = 2**32
_UUID_8: Final = (0x8 << 76) | (0x2 << 62)

QUOTA: Final = frozenset({"UNITS_EXHAUSTED", "ROAMING_LIMIT_EXCEEDED", "PERIOD_LIMIT_EXCEEDED", "MAX_CALL_DURATION"})
RATING: Final = frozenset({"NOT_PRICED", "INVALID_NUMBER", "UNKNOWN_DESTINATION", "UNKNOWN_COUNTRY"})


def reference(raw: bytes, at: datetime) -> UUID:
    """
    The reference of a charging data resource: the same request begins the same one again, so it may be repeated.

    A UUID of version 8: milliseconds of the request, a digest of it, and 32 bits that are free for a rating group.
    """
    digest = int.from_bytes(hashlib.blake2b(raw, digest_size=6).digest(), "big")
    millis = micros_of(at) // 1000 % 2**48
    return UUID(int=(millis << 80) | ((digest & 0xFFF) << 64) | ((digest >> 12) % 2**30 << 32) | _UUID_8)


def read_reference(text: str) -> UUID | None:
    """A reference as it stands in an address, or `None` when it is none of ours."""
    try:
        found = UUID(text)
    except ValueError:
        return None
    return found if str(found) == text and found.version == 8 and found.int % _GROUPS == 0 else None


def session_of(ref: UUID, rating_group: int) -> UUID:
    """The session of one rating group of a resource."""
    return UUID(int=ref.int | rating_group)


def group_of(session: UUID) -> int:
    """The rating group of a session."""
    return session.int % _GROUPS


def last_of(ref: UUID) -> UUID:
    """The greatest session a resource can have."""
    return UUID(int=ref.int | (_GROUPS - 1))


def at_of(body: ChargingBody, now: datetime) -> datetime:
    """The instant of a request: its own, never later than now; raises `BodyWrong` for another day's."""
    if abs(body.at - now) > FARTHEST:
        raise BodyWrong("MANDATORY_IE_INCORRECT", {"invocationTimeStamp": f"is more than a day from {now.isoformat()}"})
    return min(body.at, now).astimezone(now.tzinfo)


def kind_of(body: ChargingBody) -> Kind:
    """What a request is about: the information it carries says it."""
    if body.ims is not None:
        video = any("video" in str(part.get("sDPMediaName", "")).lower() for part in body.ims.media)
        return "video" if video else "voice"
    return "sms" if body.sms is not None else "data"


def subscriber_of(body: ChargingBody) -> str:
    """The IMSI or MSISDN of whom a request is for; raises `BodyWrong`."""
    if body.subscriber is None:
        raise BodyWrong("MANDATORY_IE_MISSING", {"subscriberIdentifier": "is needed to begin a rating group"})
    form, _, digits = body.subscriber.partition("-")
    return digits if form == "imsi" else f"+{digits}"


def wanted_of(body: ChargingBody, unit: UnitUsage) -> Wanted:
    """What a rating group is wanted for; raises `BodyWrong` where nobody is called."""
    kind = kind_of(body)
    imsi = body.subscriber.removeprefix("imsi-") if body.subscriber and body.subscriber.startswith("imsi-") else None
    location = (body.pdu and body.pdu.location) or (body.sms and body.sms.location) or (body.ims and body.ims.location)
    mcc = location.mcc if location else None
    visited = HOME_COUNTRY if mcc is None else country_of(mcc)
    if body.ims is not None:
        return _call(body.ims, kind, visited, imsi)
    if body.sms is not None:
        numbers = [_digits(one.gpsi or "") for one in body.sms.recipients if one.gpsi]
        if not numbers:
            raise BodyWrong("MANDATORY_IE_MISSING", {"sMSChargingInformation/recipientInfo": "names no GPSI"})
        return Wanted("sms", numbers[0], visited=visited, imsi=imsi)
    return Wanted("data", visited=visited, rating_group=unit.rating_group, imsi=imsi)


def _call(ims: Ims, kind: Kind, visited: str, imsi: str | None) -> Wanted:
    incoming = ims.role.startswith("TERMINATING")
    other = (ims.calling[0] if ims.calling else "") if incoming else ims.called
    if not other and not incoming:
        raise BodyWrong("MANDATORY_IE_MISSING", {"iMSChargingInformation/calledPartyAddress": "is missing"})
    wifi = any("IEEE-802.11" in one for one in ims.access)
    return Wanted(
        kind,
        _digits(other or ""),
        direction="mt" if incoming else "mo",
        visited=visited,
        access="vowifi" if wifi else "cellular",
        imsi=imsi,
    )


def _digits(address: str) -> str:
    """The number in `tel:+420…`, `sip:+420…@…;user=phone` or `msisdn-420…`."""
    bare = address.partition(":")[2] if address.startswith(("tel:", "sip:", "sips:")) else address
    bare = bare.partition("@")[0].partition(";")[0]
    return f"+{bare.removeprefix('msisdn-')}" if bare.startswith("msisdn-") else bare


def begin(body: ChargingBody, ref: UUID, unit: UnitUsage, at: datetime) -> Step:
    """The first step of a rating group."""
    asked = unit.requested.of(kind_of(body)) if unit.requested is not None else None
    wanted = wanted_of(body, unit)
    session = session_of(ref, unit.rating_group)
    return Step(session, body.sequence, "reserve", at, subscriber_of(body), wanted, asked=asked)


def go_on(body: ChargingBody, ref: UUID, unit: UnitUsage, at: datetime, kind: Kind) -> Step:
    """A further step of a rating group; with no requested unit nothing more is wanted."""
    asked = 0 if unit.requested is None else unit.requested.of(kind)
    session = session_of(ref, unit.rating_group)
    return Step(session, body.sequence, "commit", at, used=used_of(unit, kind), asked=asked)


def event_of(answer: Answer, unit: UnitUsage, kind: Kind) -> tuple[Answer, int]:
    """
    A one-time event is granted whole or not at all: its answer, and the units it takes.

    One that is asked for again was done before.
    """
    asked = None if unit.requested is None else unit.requested.of(kind)
    units = 1 if asked is None else asked
    done = answer.why is not None and answer.why.code == "SEQUENCE_PASSED"
    if done or (answer.granted and answer.repeated):
        return replace(answer, result="granted", granted=units, final=False, why=None, repeated=True), 0
    if answer.granted >= units:
        return answer, units
    return replace(answer, granted=0, final=True), 0


def used_of(unit: UnitUsage, kind: Kind) -> int:
    """Units used of a rating group since the step before."""
    return sum(one.of(kind) or 0 for one in unit.used)


def unit_information(answer: Answer, kind: Kind) -> dict[str, Any]:
    """An answer as the protocol says it, and our own `why` beside it."""
    unit = UNIT_OF[kind]
    name = {"s": "time", "B": "totalVolume"}.get(unit, "serviceSpecificUnits")
    found: dict[str, Any] = {"ratingGroup": group_of(answer.session), "resultCode": result_code(answer)}
    if answer.granted:
        found["grantedUnit"] = {name: answer.granted}
        if answer.valid_s is not None:
            found["validityTime"] = answer.valid_s
    if answer.final:
        found["finalUnitIndication"] = {"finalUnitAction": "TERMINATE"}
    if answer.why is not None:
        found["why"] = why(answer.why)
    if answer.slowed_kbps is not None:
        found["slowedKbps"] = answer.slowed_kbps
    return found


def why(refusal: Refusal) -> Mapping[str, Any]:
    """A refusal with its code, clauses and figures."""
    return {"code": refusal.code, "clauses": list(refusal.clauses), "figures": plain(dict(refusal.figures))}


def result_code(answer: Answer) -> str:
    """The protocol's word for an answer (TS 32.291, ResultCode)."""
    if answer.granted or answer.why is None:
        return "SUCCESS"
    code = answer.why.code
    if code in QUOTA:
        return "QUOTA_LIMIT_REACHED"
    if code == "SERVICE_UNKNOWN":
        return "USER_UNKNOWN"
    return "RATING_FAILED" if code in RATING else "END_USER_SERVICE_DENIED"
