from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from pycrate_asn1dir import TAP3

from spojka.charging.usage.records import FileBroken, UsageRecord, records_of
from spojka.charging.usage.tap3 import country_of, read_tap3
from spojka.charging.usage.tap3_structure import events_in, first_break
from spojka.charging.usage.tap3_writing import EventNotWritable, RoamingEvent, TapSender, write_tap3

BERLIN = TapSender("DEUD1", ZoneInfo("Europe/Berlin"), "491720000000")
AT = datetime(2026, 2, 3, 9, 15, 30, tzinfo=UTC)
CALL = UsageRecord(
    "x", "1", "+420601234567", "voice", "mo", "+420777111222", AT, 61, imsi="230990000000001", imei="35000000000001"
)
SMS = replace(CALL, kind="sms", duration_s=0, imei=None)
DATA = replace(CALL, kind="data", other="internet", duration_s=1800, bytes_up=5, bytes_down=2**33)


def _written(*records, charge=125, sender=BERLIN, sequence=7):
    events = [RoamingEvent(record, charge) for record in records]
    return write_tap3(events, sender=sender, recipient="CZENJ", sequence=sequence, created_at=AT + timedelta(days=1))


def _read(*records):
    return read_tap3(_written(*records)).batch


def _changed(change):
    """A written file whose decoded tree was changed and encoded again."""
    interchange = TAP3.TAP_0312.DataInterChange
    interchange.from_ber(_written(CALL, SMS))
    kind, tree = interchange.get_val()
    change(tree)
    interchange.set_val((kind, tree))
    return interchange.to_ber()


def _broken(data):
    with pytest.raises(FileBroken) as caught:
        read_tap3(data)
    return caught.value


@pytest.mark.parametrize(
    "record",
    [
        CALL,
        replace(CALL, direction="mt"),
        replace(CALL, direction="mt", other=None),
        replace(CALL, direction="forwarded"),
        replace(CALL, other="112"),
        replace(CALL, other="+4930123456"),
        replace(CALL, imsi="23099000000001"),
        SMS,
        replace(SMS, direction="mt"),
        DATA,
    ],
)
def test_what_a_partner_writes_is_read(record):
    (read,) = records_of(_read(record).records)

    cell = "192.0.2.1-41-5000" if record.kind == "data" else "491720000000-41-5000"
    expected = replace(record, source="tap3/DEUD1", record_id=read.record_id, service_key=record.imsi, visited="DE")
    assert read == replace(expected, cell=cell)


def test_the_header_says_what_the_file_holds():
    header = read_tap3(_written(CALL, SMS, charge=100)).header

    assert (header.sender, header.recipient, header.sequence) == ("DEUD1", "CZENJ", "00007")
    assert (header.events, header.total_charge, header.currency, header.decimals) == (2, 200, "SDR", 3)


def test_a_message_of_three_parts_comes_as_three():
    file = read_tap3(_written(replace(SMS, parts=3), charge=100))

    assert file.batch.records["parts"].to_list() == [1, 1, 1]
    assert file.header.total_charge == 100


def test_events_have_ids_that_a_second_reading_finds_again():
    first, again, other = (
        read_tap3(_written(CALL, SMS, DATA, sequence=number)).batch.records["record_id"].to_list()
        for number in (7, 7, 8)
    )

    assert first == again
    assert len({*first, *other}) == 6


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Asia/Bangkok", "Asia/Kathmandu"])
def test_local_times_of_any_place_are_the_same_instant(zone):
    sender = TapSender("USAXX", ZoneInfo(zone), "12025550100")

    batch = read_tap3(_written(CALL, sender=sender)).batch

    assert batch.records["at"].to_list() == [AT]


@pytest.mark.clause("nej/1.10")
def test_each_side_of_a_change_of_clock_has_its_offset():
    before, after = datetime(2025, 10, 26, 0, 50, tzinfo=UTC), datetime(2025, 10, 26, 1, 10, tzinfo=UTC)

    batch = _read(replace(CALL, at=before), replace(CALL, at=after))

    assert batch.records["at"].to_list() == [before, after]


@pytest.mark.parametrize(
    ("network", "country"), [("DEUD1", "DE"), ("GBRVF", "GB"), ("USAXX", "US"), ("CHEC1", "CH"), ("AAA01", "AAA")]
)
def test_a_networks_code_begins_with_its_country(network, country):
    assert country_of(network) == country


def test_a_truncated_file_is_refused_at_its_first_byte():
    broken = _broken(_written(CALL)[:-3])

    assert broken.offset == 0
    assert "bytes where" in broken.cause


@pytest.mark.parametrize(
    ("data", "offset", "cause"),
    [
        (b"", 0, "empty"),
        (_written(CALL) + b"\x00", len(_written(CALL)), "1 bytes follow"),
        (b"\x61", 0, "inside a tag"),
        (b"\x61\x89" + b"\x01" * 20, 1, "cannot be"),
    ],
)
def test_bytes_that_are_no_file_are_refused_with_their_place(data, offset, cause):
    broken = _broken(data)

    assert broken.offset == offset
    assert cause in broken.cause


def test_a_broken_length_inside_is_found():
    data = bytearray(_written(CALL, SMS))
    imsi = data.index(bytes.fromhex("230990000000001f"))
    data[imsi - 1] = 0x7F

    broken = _broken(bytes(data))

    assert broken.offset == imsi - 4


def test_an_event_that_is_no_event_is_found():
    data = bytearray(_written(CALL, SMS))
    starts = [start for start, _ in events_in(bytes(data))]
    basic_information = data.index(b"\x7f\x81\x13", starts[1])
    data[basic_information] = 0x5F

    broken = _broken(bytes(data))

    assert broken.offset == starts[1]


def test_data_of_another_kind_is_refused():
    assert _broken(b"\x30\x03\x02\x01\x05").offset == 0


@pytest.mark.parametrize("flipped", [0x01, 0x20, 0x40])
def test_a_damaged_file_is_refused_or_read_but_never_crashes(flipped):
    whole = _written(CALL, SMS)
    outcomes = set()

    for place in range(0, len(whole), 3):
        damaged = bytearray(whole)
        damaged[place] ^= flipped
        try:
            outcomes.add(type(read_tap3(bytes(damaged))).__name__)
        except FileBroken:
            outcomes.add("FileBroken")

    assert outcomes == {"TapFile", "FileBroken"}


def test_elements_of_open_length_are_walked():
    whole = b"\x61\x80\x63\x80\x69\x02\x05\x00\x6a\x00\x00\x00\x00\x00"

    assert first_break(whole, whole=True) is None
    assert list(events_in(whole)) == [(4, 8), (8, 10)]
    assert first_break(whole[:-2], whole=True).offset == len(whole) - 2


@pytest.mark.parametrize(
    ("change", "cause"),
    [
        (lambda tree: tree["auditControlInfo"].update(callEventDetailsCount=3), "counts 3 events; the file has 2"),
        (lambda tree: tree["auditControlInfo"].update(totalCharge=251), "totals 251; the events total 250"),
        (lambda tree: tree["auditControlInfo"].pop("totalCharge"), "has no totalCharge"),
        (lambda tree: tree["batchControlInfo"].update(specificationVersionNumber=2), "TAP 2.12"),
        (lambda tree: tree["batchControlInfo"].update(releaseVersionNumber=13), "TAP 3.13"),
    ],
)
def test_a_file_that_contradicts_itself_is_refused(change, cause):
    assert cause in _broken(_changed(change)).cause


@pytest.mark.parametrize(
    ("change", "reason", "field"),
    [
        (lambda tree: tree["networkInfo"].pop("utcTimeOffsetInfo"), "INSTANT_NOT_UNDERSTOOD", "at"),
        (lambda tree: tree["batchControlInfo"].update(sender=b"AAA01"), "FIELD_NOT_UNDERSTOOD", "visited"),
    ],
)
def test_events_whose_codes_mean_nothing_wait(change, reason, field):
    suspense = read_tap3(_changed(change)).batch.suspense

    assert suspense.select("line", "reason", "field").rows() == [(1, reason, field), (2, reason, field)]


def test_a_service_that_is_not_read_waits_by_its_name():
    def fax(tree):
        call = tree["callEventDetails"][0][1]
        call["basicServiceUsedList"][0]["basicService"]["serviceCode"] = ("teleServiceCode", b"61")

    suspense = read_tap3(_changed(fax)).batch.suspense

    assert suspense.select("reason", "value").rows() == [("UNKNOWN_KIND", "teleservice 61")]


def test_an_event_of_another_kind_waits_by_its_name():
    def supplementary(tree):
        tree["callEventDetails"][0] = ("supplServiceEvent", {})
        tree["auditControlInfo"]["totalCharge"] = 125

    batch = read_tap3(_changed(supplementary)).batch

    assert batch.suspense.select("record_id", "value").rows() == [("DEUD1-00007-1", "supplServiceEvent")]
    assert batch.records.height == 1


def test_a_file_that_only_notifies_has_no_events():
    interchange = TAP3.TAP_0312.DataInterChange
    interchange.set_val(("notification", {"sender": b"DEUD1", "recipient": b"CZENJ", "fileSequenceNumber": b"00008"}))

    file = read_tap3(interchange.to_ber())

    assert (file.header.sequence, file.header.events, file.batch.records.height) == ("00008", 0, 0)


@pytest.mark.parametrize("record", [replace(CALL, kind="mms"), replace(CALL, imsi=None)])
def test_what_tap_has_no_form_for_is_not_written(record):
    with pytest.raises(EventNotWritable, match="has no form in TAP"):
        _written(record)
