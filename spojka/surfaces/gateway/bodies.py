"""
Bodies of Nchf converged charging (TS 32.291), as far as we take them: a checked subset, everything else is ignored.

What is wrong with a body is found here, before anything is done; nothing that comes in can do more than be refused.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Final, Literal

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, ValidationError

from spojka.charging.balances.online.sessions import MOST_SEQUENCE, MOST_UNITS

MOST_GROUPS: Final = 64
"""Rating groups of one request."""
MOST_CONTAINERS: Final = 256
"""Containers of used units of one rating group in one request."""

Units = Annotated[int, Field(strict=True, ge=0, le=MOST_UNITS)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, populate_by_name=False)


class Plmn(_Body):
    """A network."""

    mcc: str = Field(pattern="^[0-9]{3}$")


class Tai(_Body):
    """A tracking area."""

    plmn: Plmn | None = Field(None, alias="plmnId")


class CellLocation(_Body):
    """Where a device is, in one kind of network."""

    tai: Tai | None = None


class UserLocation(_Body):
    """Where a device is (TS 29.571, UserLocation)."""

    nr: CellLocation | None = Field(None, alias="nrLocation")
    eutra: CellLocation | None = Field(None, alias="eutraLocation")

    @property
    def mcc(self) -> str | None:
        """The mobile country code, where one is given."""
        for cell in (self.nr, self.eutra):
            if cell is not None and cell.tai is not None and cell.tai.plmn is not None:
                return cell.tai.plmn.mcc
        return None


class PduSession(_Body):
    """What is said of a data session."""

    location: UserLocation | None = Field(None, validation_alias=AliasChoices("userLocationinfo", "userLocationInfo"))


class Recipient(_Body):
    """Whom a message goes to."""

    gpsi: str | None = Field(None, alias="recipientGPSI", max_length=64)
    supi: str | None = Field(None, alias="recipientSUPI", max_length=64)


class Sms(_Body):
    """What is said of a message."""

    recipients: list[Recipient] = Field([], alias="recipientInfo", max_length=MOST_CONTAINERS)
    location: UserLocation | None = Field(None, validation_alias=AliasChoices("userLocationinfo", "userLocationInfo"))


class Ims(_Body):
    """What is said of a call."""

    called: str | None = Field(None, alias="calledPartyAddress", max_length=128)
    calling: list[str] = Field([], alias="callingPartyAddresses", max_length=16)
    role: str = Field("ORIGINATING_ROLE", alias="roleOfNode", max_length=32)
    media: list[dict[str, Any]] = Field([], alias="sdpMediaComponent", max_length=64)
    access: list[str] = Field([], alias="accessNetworkInformation", max_length=16)
    location: UserLocation | None = Field(None, validation_alias=AliasChoices("userLocationInfo", "userLocationinfo"))


class UnitAmount(_Body):
    """Requested or used units: of time in seconds, of volume in bytes, or counted by the service."""

    time: Units | None = None
    total: Units | None = Field(None, alias="totalVolume")
    up: Units | None = Field(None, alias="uplinkVolume")
    down: Units | None = Field(None, alias="downlinkVolume")
    specific: Units | None = Field(None, alias="serviceSpecificUnits")

    @property
    def volume(self) -> int | None:
        """Bytes both ways."""
        if self.total is not None:
            return self.total
        return None if self.up is None and self.down is None else (self.up or 0) + (self.down or 0)

    def of(self, kind: str) -> int | None:
        """The units that a kind is charged in."""
        if kind == "data":
            return self.volume
        return self.specific if kind in {"sms", "mms"} else self.time


class UnitUsage(_Body):
    """One rating group: what was used of it, and whether more is wanted."""

    rating_group: int = Field(alias="ratingGroup", strict=True, ge=0, lt=2**32)
    requested: UnitAmount | None = Field(None, alias="requestedUnit")
    used: list[UnitAmount] = Field(
        [], validation_alias=AliasChoices("usedUnitContainer", "UsedUnitContainer"), max_length=MOST_CONTAINERS
    )


class Consumer(_Body):
    """Which network function asks."""

    function: str = Field(alias="nodeFunctionality", max_length=64)
    name: str = Field("", alias="nFName", max_length=128)


class ChargingBody(_Body):
    """The body of a create, an update or a release."""

    subscriber: str | None = Field(None, alias="subscriberIdentifier", pattern="^(imsi|msisdn)-[0-9]{5,15}$")
    consumer: Consumer = Field(alias="nfConsumerIdentification")
    at: datetime = Field(alias="invocationTimeStamp")
    sequence: int = Field(alias="invocationSequenceNumber", strict=True, ge=0, le=MOST_SEQUENCE)
    charging_id: int | None = Field(None, alias="chargingId", strict=True, ge=0, lt=2**32)
    one_time: bool = Field(default=False, alias="oneTimeEvent", strict=True)
    one_time_type: Literal["IEC"] = Field("IEC", alias="oneTimeEventType")
    units: list[UnitUsage] = Field([], alias="multipleUnitUsage", max_length=MOST_GROUPS)
    pdu: PduSession | None = Field(None, alias="pDUSessionChargingInformation")
    sms: Sms | None = Field(None, alias="sMSChargingInformation")
    ims: Ims | None = Field(None, alias="iMSChargingInformation")


class BodyWrong(ValueError):
    """
    A body cannot be taken.

    Args:
        cause: the protocol's word for it (TS 29.500, 5.2.7.2).
        problems: reason by parameter.

    """

    def __init__(self, cause: str, problems: dict[str, str]) -> None:
        self.cause, self.problems = cause, problems
        super().__init__(f"{cause}: " + "; ".join(f"{name}: {reason}" for name, reason in problems.items()))


def read_body(raw: bytes) -> ChargingBody:
    """Check a body; raises `BodyWrong` naming every parameter that does not fit."""
    try:
        body = ChargingBody.model_validate_json(raw)
    except ValidationError as bad:
        found = bad.errors(include_url=False, include_input=False, include_context=False)[:16]
        problems = {"/".join(map(str, each["loc"])) or "body": each["msg"] for each in found}
        missing = any(each["type"] == "missing" for each in found)
        raise BodyWrong("MANDATORY_IE_MISSING" if missing else "INVALID_MSG_FORMAT", problems) from None
    if body.at.utcoffset() is None:
        raise BodyWrong("MANDATORY_IE_INCORRECT", {"invocationTimeStamp": "has no time zone"})
    if len({unit.rating_group for unit in body.units}) < len(body.units):
        raise BodyWrong("MANDATORY_IE_INCORRECT", {"multipleUnitUsage": "names a rating group twice"})
    return body
