"""
Roaming records from partner networks: TAP3 files (GSMA TD.57, specification 3 up to release 12) into usage records.

Calls, messages and packet data are read; each event becomes the texts of the CSV layout, so one set of checks judges
all layouts. A TAP file has no record ids: an event is known by its switch, call reference and start, or by its place.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, cast

import polars as pl
from babel import Locale
from babel.core import get_global
from pycrate_asn1dir import TAP3

from spojka.charging.usage.parsing import TEXT_COLUMNS, parse_texts
from spojka.charging.usage.records import Batch, FileBroken
from spojka.charging.usage.tap3_structure import events_in, first_break

SPECIFICATION: Final = 3
LAST_RELEASE: Final = 12

TELEPHONY: Final = ("11", "12")
"""Teleservices that are calls: telephony and emergency calls (TD.57, teleservice codes)."""

SHORT_MESSAGES: Final = ("21", "22")
"""Teleservices that are short messages, received and sent."""

FORWARDINGS: Final = ("20", "21", "28", "29", "2A", "2B")
"""Supplementary services that send an incoming call on."""

TOTAL_CHARGE: Final = "00"
"""Type of the charge that counts in the file's total."""

_SHORTEST_INTERNATIONAL: Final = 7
_NO_COUNTRY: Final = "ZZ"

Fields = dict[str, str | int | None]
Tree = Mapping[str, Any]

_schema: Final = TAP3.TAP_0312
_decoding: Final = threading.Lock()


@dataclass(frozen=True, slots=True)
class TapHeader:
    """
    What a file says of itself.

    Args:
        sender: the partner's code (TADIG), whose records these are.
        recipient: the code of the network they are for.
        sequence: number of the file from that sender, five digits.
        events: how many events it has.
        total_charge: what they are charged, in the file's smallest unit.
        currency: of the charges.
        decimals: of that unit.

    """

    sender: str
    recipient: str
    sequence: str
    events: int
    total_charge: int
    currency: str
    decimals: int


@dataclass(frozen=True, slots=True)
class TapFile:
    """A whole file: what it says of itself, and its records (`line` counts its events from 1)."""

    header: TapHeader
    batch: Batch


def read_tap3(data: bytes) -> TapFile:
    """
    Decode a file and check it against its own control data.

    Raises `FileBroken` with the byte where the encoding breaks, or with the control figure that disagrees: version,
    number of events, total charge. A file that only notifies (nothing to charge) has no events.
    """
    kind, tree = _decoded(data)
    if kind == "notification":
        header = TapHeader(
            _text(tree, "sender"), _text(tree, "recipient"), _text(tree, "fileSequenceNumber"), 0, 0, "", 0
        )
        return TapFile(header, parse_texts(_raw([]), source=source_of(header.sender)))
    header = _header(tree)
    _check_totals(tree, header)
    switches = _switches(tree)
    offsets = {
        row.get("utcTimeOffsetCode"): _ascii(row.get("utcTimeOffset"))
        for row in _rows(tree, "networkInfo", "utcTimeOffsetInfo")
    }
    reading = _Reading(header, switches, offsets)
    rows = [reading.fields(place, *event) for place, event in enumerate(_rows(tree, "callEventDetails"), start=1)]
    return TapFile(header, parse_texts(_raw(rows), source=source_of(header.sender)))


def source_of(sender: str) -> str:
    """The sender as records name it: `tap3/DEUD1`."""
    return f"tap3/{sender}"


def country_of(network: str) -> str:
    """The ISO country of a network's TADIG code, which begins with three letters of it; unknown letters stay."""
    letters = network[:3]
    return _countries().get(letters, letters)


@lru_cache(maxsize=1)
def _countries() -> dict[str, str]:
    aliases = cast("Mapping[str, Sequence[str]]", get_global("territory_aliases"))
    known = Locale("en").territories
    letters = {code: names[0] for code, names in aliases.items() if len(code) == 3 and code.isalpha()}
    return {code: name for code, name in letters.items() if name in known and name != _NO_COUNTRY}


def _decoded(data: bytes) -> tuple[str, Tree]:
    broken = first_break(data, whole=False)
    if broken is not None:
        raise FileBroken(None, None, broken.cause, offset=broken.offset)
    with _decoding:
        interchange = _schema.DataInterChange
        try:
            interchange.from_ber(data)
            kind, tree = interchange.get_val()
            if kind not in ("transferBatch", "notification"):
                raise ValueError(f"it holds {kind}")  # noqa: TRY301  # answered like any other undecodable file
        except Exception as bad:
            raise _located(data, bad) from bad
        finally:
            interchange.reset_val()
    return str(kind), cast("Tree", tree)


def _located(data: bytes, bad: Exception) -> FileBroken:
    """The place of what the decoder stumbled over: a broken encoding, or the first event it cannot read."""
    broken = first_break(data, whole=True)
    if broken is not None:
        return FileBroken(None, None, broken.cause, offset=broken.offset)
    for start, end in events_in(data):
        try:
            _schema.CallEventDetail.from_ber(data[start:end])
        except Exception as worse:  # noqa: BLE001  # whatever it cannot read, this is where
            return FileBroken(None, None, f"an event that is not of TAP 3.12 ({type(worse).__name__})", offset=start)
    return FileBroken(None, None, f"not a TAP 3.12 file ({type(bad).__name__})", offset=0)


def _header(tree: Tree) -> TapHeader:
    control = _part(tree, "batchControlInfo")
    version, release = control.get("specificationVersionNumber"), control.get("releaseVersionNumber", LAST_RELEASE)
    if version != SPECIFICATION or release > LAST_RELEASE:
        raise FileBroken(
            None, None, f"the file is of TAP {version}.{release}; up to {SPECIFICATION}.{LAST_RELEASE} is read"
        )
    accounting, audit = _part(tree, "accountingInfo"), _part(tree, "auditControlInfo")
    for name in ("totalCharge", "callEventDetailsCount"):
        if name not in audit:
            raise FileBroken(None, None, f"the file's audit control has no {name}; it may be truncated")
    return TapHeader(
        _text(control, "sender"),
        _text(control, "recipient"),
        _text(control, "fileSequenceNumber"),
        int(audit["callEventDetailsCount"]),
        int(audit["totalCharge"]),
        _text(accounting, "tapCurrency") or _text(accounting, "localCurrency"),
        int(accounting.get("tapDecimalPlaces", 0)),
    )


def _check_totals(tree: Tree, header: TapHeader) -> None:
    events = _rows(tree, "callEventDetails")
    if len(events) != header.events:
        raise FileBroken(None, None, f"the audit control counts {header.events} events; the file has {len(events)}")
    charged = sum(_charges(events))
    if charged != header.total_charge:
        raise FileBroken(None, None, f"the audit control totals {header.total_charge}; the events total {charged}")


def _charges(value: object) -> Iterator[int]:
    """Total charges anywhere inside the events."""
    if isinstance(value, dict):
        if _ascii(value.get("chargeType")) == TOTAL_CHARGE and "charge" in value:
            yield int(value["charge"])
        for inner in value.values():
            yield from _charges(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _charges(inner)


def _switches(tree: Tree) -> dict[int, str]:
    rows = _rows(tree, "networkInfo", "recEntityInfo")
    return {int(row["recEntityCode"]): _text(row, "recEntityId") for row in rows if "recEntityCode" in row}


@dataclass(frozen=True, slots=True)
class _Reading:
    """What an event's codes mean in its file."""

    header: TapHeader
    switches: Mapping[int, str]
    offsets: Mapping[int | None, str]

    def fields(self, place: int, name: str, event: Tree) -> Fields:
        """An event as texts of the CSV layout; a kind that is not read keeps its name and waits in suspense."""
        match name:
            case "mobileOriginatedCall" | "mobileTerminatedCall":
                fields = self._call(name, event)
            case "gprsCall":
                fields = self._data(event)
            case _:
                fields = {"kind": name}
        identity = fields.pop("identity", None) or f"{self.header.sender}-{self.header.sequence}-{place}"
        return {**fields, "record_id": identity, "line": place}

    def _call(self, name: str, event: Tree) -> Fields:
        basic, location = _part(event, "basicCallInformation"), _part(event, "locationInformation")
        outgoing = name == "mobileOriginatedCall"
        service = _service(event)
        kind = "voice" if service in TELEPHONY else "sms" if service in SHORT_MESSAGES else f"teleservice {service}"
        forwarded = _ascii(event.get("supplServiceCode")) in FORWARDINGS
        network = _part(location, "networkLocation")
        return {
            **self._shared(basic, basic, location, event),
            "kind": kind,
            "direction": ("forwarded" if forwarded else "mo") if outgoing else "mt",
            "other": _called(_part(basic, "destination")) if outgoing else _calling(_part(basic, "callOriginator")),
            "cell": self._cell(network, network.get("recEntityCode")),
            "identity": self._identity(
                name,
                network.get("recEntityCode"),
                network.get("callReference"),
                _part(basic, "callEventStartTimeStamp"),
            ),
        }

    def _data(self, event: Tree) -> Fields:
        basic, location = _part(event, "gprsBasicCallInformation"), _part(event, "gprsLocationInformation")
        used, network = _part(event, "gprsServiceUsed"), _part(location, "gprsNetworkLocation")
        gateways = network.get("recEntity") or [None]
        charging_id = basic.get("chargingId")
        reference = None if charging_id is None else int(charging_id).to_bytes(8, "big", signed=True)
        return {
            **self._shared(basic, _part(basic, "gprsChargeableSubscriber"), location, event),
            "kind": "data",
            "direction": "mo",
            "other": _text(_part(basic, "gprsDestination"), "accessPointNameNI") or None,
            "bytes_up": _whole(used.get("dataVolumeOutgoing")),
            "bytes_down": _whole(used.get("dataVolumeIncoming")),
            "cell": self._cell(network, gateways[0]),
            "identity": self._identity("gprsCall", gateways[-1], reference, _part(basic, "callEventStartTimeStamp")),
        }

    def _shared(self, basic: Tree, subscriber: Tree, location: Tree, event: Tree) -> Fields:
        card = _chosen(subscriber, "chargeableSubscriber")
        equipment, device = event.get("equipmentIdentifier") or ("", b"")
        serving = _text(_part(location, "geographicalLocation"), "servingNetwork") or self.header.sender
        imsi = _digits(card.get("imsi"))
        return {
            "service_key": imsi or _called_form(_digits(card.get("msisdn"))),
            "imsi": imsi,
            "imei": _digits(device) if equipment == "imei" else None,
            "at": self._instant(_part(basic, "callEventStartTimeStamp")),
            "duration_s": _whole(basic.get("totalCallEventDuration")),
            "visited": country_of(serving),
        }

    def _instant(self, stamp: Tree) -> str | None:
        """`2026-02-03T10:15:30+01:00`; without its offset a local time abroad is not an instant."""
        local, offset = _text(stamp, "localTimeStamp"), self.offsets.get(stamp.get("utcTimeOffsetCode"))
        if not local:
            return None
        hours = "?" if not offset else f"{offset[:3]}:{offset[3:]}"
        return f"{local[:4]}-{local[4:6]}-{local[6:8]}T{local[8:10]}:{local[10:12]}:{local[12:]}{hours}"

    def _cell(self, network: Tree, switch: int | None) -> str | None:
        parts = (
            self.switches.get(switch) if switch is not None else None,
            network.get("locationArea"),
            network.get("cellId"),
        )
        return "-".join(str(part) for part in parts if part is not None) or None

    def _identity(self, name: str, switch: int | None, reference: bytes | None, start: Tree) -> str | None:
        if switch is None or not reference:
            return None
        where = self.switches.get(switch, str(switch))
        return f"{name}-{where}-{reference.hex()}-{_text(start, 'localTimeStamp')}"


def _raw(rows: Sequence[Fields]) -> pl.DataFrame:
    schema = {**dict.fromkeys(TEXT_COLUMNS, pl.String()), "line": pl.Int64()}
    return pl.DataFrame([[row.get(name) for name in schema] for row in rows], schema=schema, orient="row")


def _part(tree: Tree, name: str) -> Tree:
    return cast("Tree", tree.get(name) or {})


def _rows(tree: Tree, *path: str) -> Sequence[Any]:
    for name in path[:-1]:
        tree = _part(tree, name)
    return cast("Sequence[Any]", tree.get(path[-1]) or ())


def _ascii(value: bytes | None) -> str:
    return "" if value is None else value.decode("ascii", "replace").strip()


def _text(tree: Tree, name: str) -> str:
    return _ascii(tree.get(name))


def _digits(value: bytes | None) -> str | None:
    """Digits of a BCD string: the first of each byte in its upper half, a filler at the end of an odd number."""
    return value.hex().removesuffix("f") if value else None


def _whole(value: int | None) -> str | None:
    return None if value is None else str(value)


def _called_form(digits: str | None) -> str | None:
    """Numbers come in international form without their plus; short codes are short."""
    return f"+{digits}" if digits and len(digits) >= _SHORTEST_INTERNATIONAL else digits


def _called(destination: Tree) -> str | None:
    digits = _digits(destination.get("sMSDestinationNumber")) or _digits(destination.get("calledNumber"))
    return _called_form(digits) or _text(destination, "dialledDigits") or None


def _calling(originator: Tree) -> str | None:
    return _called_form(_digits(originator.get("callingNumber"))) or _text(originator, "sMSOriginator") or None


def _chosen(tree: Tree, name: str) -> Tree:
    """The content of a choice; none when it is not there."""
    choice = tree.get(name)
    return cast("Tree", choice[1]) if choice else {}


def _service(event: Tree) -> str:
    """The teleservice code of the first service used, or the name of what was used instead."""
    used = _rows(event, "basicServiceUsedList")
    choice = _part(used[0], "basicService").get("serviceCode") if used else None
    if not choice:
        return "unknown"
    kind, code = choice
    return _ascii(code) if kind == "teleServiceCode" else f"{kind} {_ascii(code)}"
