"""What is written is read again as it was, whatever it holds; and it is written in the schema's order."""

from __future__ import annotations

import random
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from spojka.network.messaging.mm7 import messages as m
from spojka.network.messaging.mm7.bodies import Received, read_body, write_body
from spojka.network.messaging.mm7.content import CannotBeWritten, Content, Layout, MediaPart
from spojka.network.messaging.mm7.elements import BY_NAME, ELEMENTS
from spojka.network.messaging.mm7.envelope import NAMESPACE, SOAP, write_envelope
from spojka.network.messaging.mm7.mime import TransferEncoding, join_parts
from spojka.network.messaging.mm7.statuses import STATUSES, Retry, is_success, retry_class, status_text
from tests.network.messaging.mm7.samples import REL_5

LETTERS = st.characters(exclude_categories=["Cs", "Cc", "Cn"])
TOKENS = st.text(LETTERS, min_size=1, max_size=20).map(str.strip).filter(bool)
WORDS = st.text(st.one_of(LETTERS, st.sampled_from("\r\n\t &<>]\"'")), min_size=1, max_size=40)
INSTANTS = st.datetimes(
    min_value=datetime(1900, 1, 2),  # noqa: DTZ001  # the zone is drawn apart
    max_value=datetime(2200, 1, 1),  # noqa: DTZ001
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=2)), timezone(timedelta(hours=-11, minutes=-30))]),
)
DURATIONS = st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=99_999))
ADDRESSES = st.builds(m.Address, st.sampled_from(m.AddressKind), TOKENS)
BUNDLES = st.lists(ADDRESSES, max_size=3).map(tuple)
HEADERS = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1, max_size=15).map(str.strip)
NAMES = HEADERS.filter(bool)
IDS = st.text(st.characters(exclude_categories=["C", "Z"], exclude_characters="<>"), min_size=1, max_size=15)
TYPES = st.sampled_from(["image/jpeg", "image/gif", "text/plain", "application/smil", "video/3gpp", "audio/amr"])
MEDIA = st.builds(
    MediaPart,
    media_type=TYPES,
    data=st.one_of(
        st.binary(max_size=200), st.lists(st.sampled_from([b"\r", b"\n", b"--", b"mm7-", b" "])).map(b"".join)
    ),
    content_id=st.none() | IDS,
    location=st.none() | NAMES,
    charset=st.none() | st.sampled_from(["utf-8", "iso-8859-2"]),
    name=st.none() | NAMES,
)
FLAGS = st.none() | st.booleans()


@st.composite
def contents(draw):
    layout = draw(st.sampled_from(Layout))
    parts = tuple(draw(st.lists(MEDIA, min_size=1, max_size=1 if layout is Layout.SINGLE else 4)))
    content_id = draw(IDS.filter(lambda one: one != "envelope@mm7"))
    if layout is Layout.SINGLE:
        parts = (replace(parts[0], content_id=content_id),)
    start = draw(st.none() | IDS) if layout is Layout.RELATED else None
    return Content(parts, layout, content_id, start, draw(FLAGS))


BY_FIELD = {
    "sender": st.builds(m.SenderIdentification, st.none() | TOKENS, st.none() | TOKENS, st.none() | ADDRESSES),
    "recipients": st.builds(m.Recipients, BUNDLES, BUNDLES, BUNDLES).filter(lambda one: bool(one.every())),
    "recipient": ADDRESSES,
    "message_class": st.sampled_from(m.MessageClass),
    "priority": st.sampled_from(m.Priority),
    "charged_party": st.sampled_from(m.ChargedParty),
    "sent_at": INSTANTS,
    "reported_at": INSTANTS,
    "earliest": st.one_of(INSTANTS, DURATIONS),
    "expiry": st.one_of(INSTANTS, DURATIONS),
    "reply_charging": st.builds(
        m.ReplyCharging, st.none() | st.integers(0, 10**9), st.none() | st.one_of(INSTANTS, DURATIONS)
    ),
    "capabilities": st.builds(m.UaCapabilities, st.none() | WORDS, st.none() | INSTANTS),
    "conditions": st.lists(st.integers(0, 99), max_size=3).map(tuple),
    "status": st.builds(m.Status, st.integers(1000, 4999), st.text(LETTERS, max_size=10), st.none() | WORDS),
    "content": contents(),
    "version": st.sampled_from(["5.3.0", "6.8.0"]),
    "message_id": TOKENS,
    "mm_status": TOKENS,
    "subject": WORDS,
    "status_text": WORDS,
    "aux_applic_info": WORDS,
} | dict.fromkeys(["delivery_report", "read_reply", "distribution", "drm_content"], st.booleans())
NEEDED = {"sender", "recipients", "recipient", "status", "version", "conditions", "mm_status"}


@st.composite
def every_message(draw):
    kind = draw(st.sampled_from(sorted(BY_NAME)).map(BY_NAME.get))
    given_fields = {}
    for one in fields(kind):
        strategy = BY_FIELD.get(one.name, TOKENS)
        if one.name == "sender" and kind not in (m.SubmitReq, m.CancelReq, m.ReplaceReq):
            strategy = ADDRESSES
        is_needed = one.name in NEEDED or (one.name == "message_id" and kind is not m.SubmitRsp)
        value = draw(strategy if is_needed else st.none() | strategy)
        given_fields[one.name] = value
    return kind(**given_fields)


@given(
    message=every_message(),
    transaction_id=st.none() | TOKENS,
    namespace=st.sampled_from([NAMESPACE, REL_5]),
    encoding=st.sampled_from(TransferEncoding),
)
@settings(max_examples=600, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_every_message_is_read_as_it_was_written(message, transaction_id, namespace, encoding):
    body = write_body(message, transaction_id=transaction_id, namespace=namespace, encoding=encoding)

    assert read_body(body.content_type, body.data) == Received(message, transaction_id, namespace)


FULL_SUBMIT = m.SubmitReq(
    sender=m.SenderIdentification("vasp", "vas", m.Address(m.AddressKind.SHORT_CODE, "1991042")),
    recipients=m.Recipients(*((m.Address(m.AddressKind.NUMBER, f"+42060200000{n}"),) for n in range(3))),
    service_code="s",
    linked_id="l",
    message_class=m.MessageClass.INFORMATIONAL,
    sent_at=datetime(2026, 1, 1, tzinfo=UTC),
    reply_charging=m.ReplyCharging(1000, timedelta(days=1)),
    earliest=timedelta(hours=1),
    expiry=datetime(2026, 2, 1, tzinfo=UTC),
    delivery_report=True,
    read_reply=False,
    priority=m.Priority.HIGH,
    subject="Předmět",
    charged_party=m.ChargedParty.SENDER,
    charged_party_id="c",
    distribution=True,
    conditions=(1, 2),
    applic_id="a",
    reply_applic_id="r",
    aux_applic_info="x",
    content_class="image-basic",
    drm_content=False,
    content=Content((MediaPart("image/jpeg", b"x"),), allow_adaptations=False),
)


def test_a_submission_has_its_elements_in_the_schemas_order():
    root = etree.fromstring(write_envelope(FULL_SUBMIT, transaction_id="t"))
    body = root.find(f"{{{SOAP}}}Body")[0]

    assert body.tag == f"{{{NAMESPACE}}}SubmitReq"
    assert [child.tag.rpartition("}")[2] for child in body] == [
        "MM7Version",
        "SenderIdentification",
        "Recipients",
        "ServiceCode",
        "LinkedID",
        "MessageClass",
        "TimeStamp",
        "ReplyCharging",
        "EarliestDeliveryTime",
        "ExpiryDate",
        "DeliveryReport",
        "ReadReply",
        "Priority",
        "Subject",
        "ChargedParty",
        "ChargedPartyID",
        "DistributionIndicator",
        "DeliveryCondition",
        "ApplicID",
        "ReplyApplicID",
        "AuxApplicInfo",
        "ContentClass",
        "DRMContent",
        "Content",
    ]
    assert [child.tag.rpartition("}")[2] for child in body[1]] == ["VASPID", "VASID", "SenderAddress"]
    assert [child.tag.rpartition("}")[2] for child in body[2]] == ["To", "Cc", "Bcc"]
    assert dict(body[-1].attrib) == {"href": "cid:content@mm7", "allowAdaptations": "false"}
    assert {child.tag.partition("}")[0][1:] for child in body.iter()} == {NAMESPACE}


@pytest.mark.parametrize(
    ("kind", "order"),
    [
        (m.SubmitRsp, "MM7Version Status MessageID"),
        (
            m.DeliverReq,
            (
                "MM7Version MMSRelayServerID VASPID VASID LinkedID Sender Recipients TimeStamp ReplyChargingID "
                "Priority Subject ApplicID ReplyApplicID AuxApplicInfo UACapabilities"
            ),
        ),
        (m.DeliverRsp, "MM7Version Status ServiceCode"),
        (
            m.DeliveryReportReq,
            (
                "MM7Version MMSRelayServerID MessageID Recipient Sender Date MMStatus MMStatusExtension StatusText "
                "UACapabilities"
            ),
        ),
        (m.DeliveryReportRsp, "MM7Version Status"),
        (m.CancelReq, "MM7Version SenderIdentification MessageID"),
    ],
)
def test_every_other_message_has_its_elements_in_order(kind, order):
    assert [one.tag for one in ELEMENTS[kind]] == order.split()


def test_every_field_of_every_message_has_an_element():
    left_out = {
        (name, one.name)
        for name, kind in BY_NAME.items()
        for one in fields(kind)
        if one.name not in {element.field for element in ELEMENTS[kind]} | {"content"}
    }

    assert left_out == set()


def test_the_transaction_must_be_understood():
    root = etree.fromstring(write_envelope(FULL_SUBMIT, transaction_id="t-1"))
    mark = root.find(f"{{{SOAP}}}Header")[0]

    assert (mark.tag, mark.text) == (f"{{{NAMESPACE}}}TransactionID", "t-1")
    assert dict(mark.attrib) == {f"{{{SOAP}}}mustUnderstand": "1"}


@pytest.mark.parametrize(("code", "fault"), [(2007, "env:Client"), (4003, "env:Client"), (3000, "env:Server")])
def test_an_error_response_stands_in_a_fault(code, fault):
    root = etree.fromstring(write_envelope(m.VASPErrorRsp(m.status(code)), transaction_id="t"))
    found = root.find(f"{{{SOAP}}}Body/{{{SOAP}}}Fault")

    assert found.findtext("faultcode") == fault
    assert found.find("detail")[0].tag == f"{{{NAMESPACE}}}VASPErrorRsp"


def test_content_makes_the_body_multipart_with_the_envelope_first():
    body = write_body(FULL_SUBMIT, transaction_id="t")

    assert body.content_type.startswith('multipart/related; type="text/xml"; start="<envelope@mm7>"; boundary="')
    assert body.data.split(b"\r\n", 2)[1] == b"Content-Type: text/xml; charset=utf-8"
    assert body == write_body(FULL_SUBMIT, transaction_id="t")


def test_a_boundary_is_never_found_in_what_it_separates():
    first, _ = join_parts([b"a", b"b"])
    trap = first.encode()
    boundary, data = join_parts([trap, b"b"])

    assert data.count(boundary.encode()) == 3


@pytest.mark.parametrize(
    "make",
    [
        lambda: write_body(replace(FULL_SUBMIT, subject="\0"), transaction_id="t"),
        lambda: write_body(replace(FULL_SUBMIT, subject="\ud800"), transaction_id="t"),
        lambda: write_body(FULL_SUBMIT, transaction_id="\x01"),
        lambda: write_body(FULL_SUBMIT, transaction_id="t", namespace="no uri at all <"),
        lambda: write_body(replace(FULL_SUBMIT, sent_at=datetime(2026, 1, 1)), transaction_id="t"),  # noqa: DTZ001
        lambda: write_body(replace(FULL_SUBMIT, expiry=timedelta(seconds=-1)), transaction_id="t"),
        lambda: write_body(
            replace(FULL_SUBMIT, content=replace(FULL_SUBMIT.content, content_id="envelope@mm7")), transaction_id="t"
        ),
        lambda: MediaPart("image/jpeg", b"", content_id="a\r\nBcc: b"),
        lambda: MediaPart("image/jpeg", b"", content_id="a>b"),
        lambda: MediaPart("image/jpeg", b"", location="a\nb"),
        lambda: MediaPart("image/jpeg", b"", name=" a"),
        lambda: MediaPart("image/jpeg", b"", charset="a b"),
        lambda: MediaPart("image", b""),
        lambda: MediaPart("multipart/mixed", b""),
        lambda: Content(()),
        lambda: Content((MediaPart("a/b", b""),) * 2, Layout.SINGLE),
        lambda: Content((MediaPart("a/b", b""),), start=""),
    ],
)
def test_what_no_header_and_no_xml_can_carry_is_never_written(make):
    with pytest.raises(CannotBeWritten):
        make()


def test_only_three_codes_are_tried_again():
    later = {code for code in STATUSES if retry_class(code) is Retry.LATER}

    assert later == {3000, 4005, 4006}
    assert {code for code in STATUSES if is_success(code)} == {1000, 1100}
    assert (retry_class(1999), retry_class(2000), retry_class(9999)) == (Retry.NONE, Retry.NEVER, Retry.NEVER)
    assert status_text(4444) == "Status 4444"


def test_every_code_of_the_standard_is_in_the_table():
    assert sorted(STATUSES) == [
        1000, 1100, *range(2000, 2010), *range(3000, 3005), *range(4000, 4009)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("part", "text"),
    [
        (MediaPart("text/plain", "Příliš".encode()), "Příliš"),
        (MediaPart("text/plain", "Příliš".encode("cp1250"), charset="Windows-1250"), "Příliš"),
        (MediaPart("text/plain", "Příliš".encode("cp1250")), None),
        (MediaPart("text/plain", b"x", charset="x-unknown"), None),
    ],
)
def test_a_text_is_read_by_its_charset_and_never_guessed(part, text):
    assert part.text() == text


def test_a_report_is_final_where_no_other_can_follow():
    final = {one for one in m.DeliveryStatus if one.is_final}

    assert final == {m.DeliveryStatus.EXPIRED, m.DeliveryStatus.RETRIEVED, m.DeliveryStatus.REJECTED}


def test_three_hundred_kilobytes_survive_both_encodings():
    data = random.Random(7).randbytes(307_200)
    message = replace(FULL_SUBMIT, content=Content((MediaPart("image/jpeg", data),)))

    sizes = {}
    for encoding in TransferEncoding:
        body = write_body(message, transaction_id="t", encoding=encoding)
        sizes[encoding] = len(body.data)
        assert read_body(body.content_type, body.data).message.content.parts[0].data == data

    assert sizes[TransferEncoding.BINARY] < 310_000 < sizes[TransferEncoding.BASE64] < 430_000
