"""TAP3 files written as a partner network would write them: for demonstrations and tests (GSMA TD.57, release 12)."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from pycrate_asn1dir import TAP3

from spojka.charging.usage.records import UsageRecord
from spojka.charging.usage.tap3 import LAST_RELEASE, SPECIFICATION, TOTAL_CHARGE

CURRENCY: Final = b"SDR"
DECIMALS: Final = 3

_SWITCH, _SUPPORT_NODE, _GATEWAY = 0, 1, 2
_FORWARDED: Final = b"21"
_MOST_EVENTS: Final = 1_000_000
_writing: Final = threading.Lock()


class EventNotWritable(ValueError):
    """A record has no form in TAP: it is of another kind, or has no card."""


@dataclass(frozen=True, slots=True)
class RoamingEvent:
    """
    What a partner charges for.

    Args:
        record: the use; its `imsi` names the card.
        charge: what the partner charges for it, in thousandths of SDR.

    """

    record: UsageRecord
    charge: int


@dataclass(frozen=True, slots=True)
class TapSender:
    """
    The network that writes.

    Args:
        network: its TADIG code, like `DEUD1`.
        zone: the time it writes.
        switch: number of its switching centre, digits only.

    """

    network: str
    zone: ZoneInfo
    switch: str


def write_tap3(
    events: Sequence[RoamingEvent], *, sender: TapSender, recipient: str, sequence: int, created_at: datetime
) -> bytes:
    """
    One file of events, with its control data.

    Args:
        events: at least one; messages of several parts become as many events.
        sender: who writes.
        recipient: TADIG code of the network that pays.
        sequence: number of the file, 1 to 99999.
        created_at: when it is written.

    Raises:
        EventNotWritable: for a payment or a record without a card.

    """
    single = [part for event in events for part in _parts(event)]
    local = [event.record.at.astimezone(sender.zone) for event in single]
    codes = {offset: code for code, offset in enumerate(sorted({_offset(at) for at in local}))}
    details = [
        _detail(event, _stamp(at, codes), sequence * _MOST_EVENTS + place)
        for place, (event, at) in enumerate(zip(single, local, strict=True))
    ]
    made = _long(created_at.astimezone(sender.zone))
    batch = {
        "batchControlInfo": {
            "sender": sender.network.encode(),
            "recipient": recipient.encode(),
            "fileSequenceNumber": b"%05d" % sequence,
            "fileCreationTimeStamp": made,
            "transferCutOffTimeStamp": made,
            "fileAvailableTimeStamp": made,
            "specificationVersionNumber": SPECIFICATION,
            "releaseVersionNumber": LAST_RELEASE,
        },
        "accountingInfo": {"localCurrency": b"EUR", "tapCurrency": CURRENCY, "tapDecimalPlaces": DECIMALS},
        "networkInfo": {
            "utcTimeOffsetInfo": [
                {"utcTimeOffsetCode": code, "utcTimeOffset": offset} for offset, code in codes.items()
            ],
            "recEntityInfo": [
                {"recEntityCode": _SWITCH, "recEntityType": 1, "recEntityId": sender.switch.encode()},
                {"recEntityCode": _SUPPORT_NODE, "recEntityType": 4, "recEntityId": b"192.0.2.1"},
                {"recEntityCode": _GATEWAY, "recEntityType": 3, "recEntityId": b"198.51.100.1"},
            ],
        },
        "callEventDetails": details,
        "auditControlInfo": {
            "earliestCallTimeStamp": _long(min(local)),
            "latestCallTimeStamp": _long(max(local)),
            "totalCharge": sum(event.charge for event in single),
            "totalTaxValue": 0,
            "totalDiscountValue": 0,
            "callEventDetailsCount": len(details),
        },
    }
    with _writing:
        interchange = TAP3.TAP_0312.DataInterChange
        interchange.set_val(("transferBatch", batch))
        written: bytes = interchange.to_ber()
        interchange.reset_val()
    return written


def _parts(event: RoamingEvent) -> list[RoamingEvent]:
    """A message of several parts is charged part by part; the first carries what does not divide."""
    count = event.record.parts if event.record.kind == "sms" else 1
    share, rest = divmod(event.charge, count)
    return [RoamingEvent(event.record, share + (rest if part == 0 else 0)) for part in range(count)]


def _detail(event: RoamingEvent, stamp: dict[str, Any], place: int) -> tuple[str, dict[str, Any]]:
    record = event.record
    if record.kind not in ("voice", "sms", "data") or record.imsi is None:
        raise EventNotWritable(f"{record.record_id}: a {record.kind} record of card {record.imsi} has no form in TAP")
    if record.kind == "data":
        return "gprsCall", _data_call(event, stamp, place)
    call: dict[str, Any] = {
        "basicCallInformation": {
            **_subscriber(record),
            "callEventStartTimeStamp": stamp,
            "totalCallEventDuration": record.duration_s,
        },
        "locationInformation": {
            "networkLocation": {
                "recEntityCode": _SWITCH,
                "callReference": place.to_bytes(8, "big"),
                "locationArea": 1 + place % 60,
                "cellId": 1000 + place % 6000,
            },
        },
        "basicServiceUsedList": [
            {
                "basicService": {"serviceCode": ("teleServiceCode", _teleservice(record))},
                "chargeInformationList": [_charged(event, b"D" if record.kind == "voice" else b"E")],
            },
        ],
    } | _equipment(record)
    if record.direction == "mt":
        call["basicCallInformation"]["callOriginator"] = {"callingNumber": _bcd(record.other)} if record.other else {}
        return "mobileTerminatedCall", call
    number = "sMSDestinationNumber" if record.kind == "sms" else "calledNumber"
    call["basicCallInformation"]["destination"] = {number: _bcd(record.other)}
    if record.direction == "forwarded":
        call["supplServiceCode"] = _FORWARDED
    return "mobileOriginatedCall", call


def _data_call(event: RoamingEvent, stamp: dict[str, Any], place: int) -> dict[str, Any]:
    record = event.record
    return {
        "gprsBasicCallInformation": {
            "gprsChargeableSubscriber": _subscriber(record),
            "gprsDestination": {"accessPointNameNI": (record.other or "internet").encode()},
            "callEventStartTimeStamp": stamp,
            "totalCallEventDuration": record.duration_s,
            "chargingId": place,
        },
        "gprsLocationInformation": {
            "gprsNetworkLocation": {
                "recEntity": [_SUPPORT_NODE, _GATEWAY],
                "locationArea": 1 + place % 60,
                "cellId": 1000 + place % 6000,
            },
        },
        "gprsServiceUsed": {
            "dataVolumeIncoming": record.bytes_down,
            "dataVolumeOutgoing": record.bytes_up,
            "chargeInformationList": [_charged(event, b"X")],
        },
    } | _equipment(record)


def _subscriber(record: UsageRecord) -> dict[str, Any]:
    card = {"imsi": _bcd(record.imsi)}
    if record.service_key.startswith("+"):
        card["msisdn"] = _bcd(record.service_key)
    return {"chargeableSubscriber": ("simChargeableSubscriber", card)}


def _equipment(record: UsageRecord) -> dict[str, Any]:
    return {"equipmentIdentifier": ("imei", _bcd(record.imei))} if record.imei else {}


def _teleservice(record: UsageRecord) -> bytes:
    if record.kind == "sms":
        return b"21" if record.direction == "mt" else b"22"
    return b"12" if record.other == "112" else b"11"


def _charged(event: RoamingEvent, item: bytes) -> dict[str, Any]:
    record = event.record
    units = {b"D": record.duration_s, b"E": 1, b"X": record.bytes_up + record.bytes_down}[item]
    detail = {"chargeType": TOTAL_CHARGE.encode(), "charge": event.charge, "chargeableUnits": units}
    return {"chargedItem": item, "chargeDetailList": [detail | {"chargedUnits": units}]}


def _bcd(number: str | None) -> bytes:
    digits = (number or "").lstrip("+")
    return bytes.fromhex(digits + "f" * (len(digits) % 2))


def _offset(local: datetime) -> bytes:
    return local.strftime("%z").encode()


def _stamp(local: datetime, codes: dict[bytes, int]) -> dict[str, Any]:
    return {"localTimeStamp": _digits(local), "utcTimeOffsetCode": codes[_offset(local)]}


def _long(local: datetime) -> dict[str, Any]:
    return {"localTimeStamp": _digits(local), "utcTimeOffset": _offset(local)}


def _digits(local: datetime) -> bytes:
    return local.strftime("%Y%m%d%H%M%S").encode()
