"""MM7 as peers write it (facts of TS 23.140): other prefixes, older namespaces, other layouts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from spojka.network.messaging.mm7.bodies import Received, read_body
from spojka.network.messaging.mm7.content import Layout
from spojka.network.messaging.mm7.envelope import Unreadable
from spojka.network.messaging.mm7.messages import (
    Address,
    AddressKind,
    DeliverReq,
    DeliveryReportReq,
    DeliveryStatus,
    Fault,
    Priority,
    ReadReplyReq,
    ReadStatus,
    RSErrorRsp,
    Status,
    SubmitReq,
    SubmitRsp,
)
from tests.network.messaging.mm7.samples import (
    DELIVER,
    DELIVER_TYPE,
    REL_5,
    REL_6,
    SOAP,
    deliver_body,
    delivery_report,
    envelope,
)


def read(text, content_type="text/xml"):
    return read_body(content_type, text.encode())


@pytest.mark.parametrize("line", ["\r\n", "\n"], ids=["crlf", "lf"])
def test_a_delivered_message_is_read_with_its_media_to_the_byte(line):
    received = read_body(DELIVER_TYPE, deliver_body(line=line))

    message = received.message
    assert isinstance(message, DeliverReq)
    assert (received.transaction_id, message.subject, message.priority) == ("tr-1", "Fotka & text", Priority.NORMAL)
    assert message.recipients.to == (Address(AddressKind.SHORT_CODE, "1991042"),)
    content = message.content
    assert (content.layout, content.start, content.allow_adaptations) == (Layout.RELATED, "0.smil", True)
    assert [part.media_type for part in content.parts] == ["application/smil", "image/gif", "text/plain"]
    assert content.parts[0].data == b'<smil><body><par><img src="cid:1.gif"/></par></body></smil>'
    assert content.parts[1].data.startswith(b"GIF89a")
    assert content.parts[1].data.endswith(b";")
    assert content.parts[2].text() == "Příliš = dlouhý"
    assert content.presentation() is content.parts[0]


def test_a_delivery_report_is_read_by_local_names_in_any_order():
    received = read(delivery_report())

    assert received == Received(
        DeliveryReportReq(
            message_id="369500617770864640",
            recipient=Address(AddressKind.NUMBER, "+420602000001"),
            sender=Address(AddressKind.SHORT_CODE, "1991042"),
            reported_at=datetime(2026, 3, 16, 13, 3, 51, 749000, UTC),
            mm_status="Retrieved",
            status_text="Done",
            capabilities=received.message.capabilities,
        ),
        "tr-1",
        REL_6,
    )
    assert received.message.capabilities.profile == "http://handset/profile"


@pytest.mark.parametrize("namespace", [REL_5, REL_5.replace("1-2", "1-5")])
def test_an_older_namespace_is_read_and_remembered_for_the_answer(namespace):
    received = read(delivery_report(namespace=namespace, version="5.3.0"))

    assert (received.namespace, received.message.version) == (namespace, "5.3.0")


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("Expired", DeliveryStatus.EXPIRED),
        ("retrieved", DeliveryStatus.RETRIEVED),
        ("Rejected", DeliveryStatus.REJECTED),
        ("Forwarded", DeliveryStatus.FORWARDED),
        ("Unrecognized", DeliveryStatus.UNRECOGNISED),
        ("Deferred", DeliveryStatus.DEFERRED),
        ("Third:User Retrieved", DeliveryStatus.INDETERMINATE),
    ],
)
def test_what_a_report_says_is_kept_and_what_it_means_is_one_of_seven(said, meant):
    report = read(delivery_report(said)).message

    assert (report.mm_status, report.delivery) == (said, meant)


def test_a_read_reply_is_read_with_either_name_of_its_time():
    def reply(tag):
        return read(
            envelope(
                f'<ReadReplyReq xmlns="{REL_6}"><MM7Version>6.8.0</MM7Version><MessageID>m</MessageID>'
                "<Recipient><Number>+420602000001</Number></Recipient><Sender><ShortCode>1</ShortCode></Sender>"
                f"<{tag}>2026-01-01T00:00:00Z</{tag}><MMStatus>Read</MMStatus></ReadReplyReq>"
            )
        ).message

    assert reply("TimeStamp") == reply("Date")
    assert isinstance(reply("Date"), ReadReplyReq)
    assert (reply("Date").reading, reply("Date").reported_at) == (ReadStatus.READ, datetime(2026, 1, 1, tzinfo=UTC))


def submit(fields):
    return envelope(
        f'<SubmitReq xmlns="{REL_6}"><MM7Version>6.8.0</MM7Version>'
        "<SenderIdentification><VASPID>v</VASPID><SenderAddress>+420720001042</SenderAddress></SenderIdentification>"
        "<Recipients><To><Number>+420602000001</Number><RFC2822Address>a@b.cz</RFC2822Address></To>"
        f"<Bcc><Number>+420602000002</Number></Bcc></Recipients>{fields}</SubmitReq>"
    )


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("P2D", timedelta(days=2)),
        ("PT90M", timedelta(minutes=90)),
        ("P1DT2H3M4.5S", timedelta(days=1, hours=2, minutes=3, seconds=4, milliseconds=500)),
        ("2026-01-01T00:00:00", datetime(2026, 1, 1, tzinfo=UTC)),
        ("2026-01-01T00:00:00+02:00", datetime(2025, 12, 31, 22, tzinfo=UTC)),
    ],
)
def test_an_expiry_is_a_moment_or_a_time_from_now(text, value):
    message = read(submit(f"<ExpiryDate>{text}</ExpiryDate>")).message

    assert message.expiry == value


@pytest.mark.parametrize(
    "field",
    [
        "<ExpiryDate>P</ExpiryDate>",
        "<ExpiryDate>PT</ExpiryDate>",
        "<ExpiryDate>P1M</ExpiryDate>",
        "<ExpiryDate>tomorrow</ExpiryDate>",
        "<ExpiryDate>2026-02-30T00:00:00Z</ExpiryDate>",
        "<TimeStamp>0001-01-01T00:00:00+01:00</TimeStamp>",
        "<DeliveryReport>perhaps</DeliveryReport>",
        "<Priority>Urgent</Priority>",
        "<DeliveryCondition><DC>-1</DC></DeliveryCondition>",
        '<ReplyCharging replyChargingSize="big"/>',
        "<Content/>",
        '<Content href="cid:nothing"/>',
        '<Content href="cid:a" allowAdaptations="maybe"/>',
    ],
)
def test_a_value_that_is_none_of_its_type_is_answered_with_2007(field):
    wrong = read(submit(field))

    assert isinstance(wrong, Unreadable)
    assert (wrong.status, wrong.message, wrong.transaction_id) == (2007, SubmitReq, "tr-1")


def test_an_early_peers_bare_sender_address_is_told_by_its_letters():
    message = read(submit("<Subject>  two blanks kept  </Subject><Priority/>")).message

    assert message.sender.address == Address(AddressKind.NUMBER, "+420720001042")
    assert (message.subject, message.priority) == ("  two blanks kept  ", None)
    assert [one.value for one in message.recipients.every()] == ["+420602000001", "a@b.cz", "+420602000002"]


OLD = (
    f'<SubmitRsp xmlns="{REL_6}"><MM7Version>4.0.0</MM7Version>'
    "<Status><StatusCode>1000</StatusCode></Status></SubmitRsp>"
)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("", 4004),
        (f'<SubmitReq xmlns="{REL_6}"/>', 4004),
        (f'<Unheard xmlns="{REL_6}"/>', 4003),
        (submit("<Subject>a</Subject><Subject>b</Subject>").partition("Body>")[2].rpartition("</soap-env:B")[0], 4004),
        (OLD, 4002),
        (f'<SubmitRsp xmlns="{REL_6}"><MM7Version>6.8.0</MM7Version></SubmitRsp>', 4004),
        (f'<SubmitRsp xmlns="{REL_6}"><MM7Version>6.8.0</MM7Version><Status/></SubmitRsp>', 2007),
    ],
    ids=["nothing", "empty", "no message", "twice", "version", "no status", "no code"],
)  # fmt: skip
def test_an_envelope_that_lacks_what_it_must_have_is_answered_with_its_code(body, status):
    wrong = read(envelope(body))

    assert isinstance(wrong, Unreadable)
    assert (wrong.status, wrong.transaction_id) == (status, "tr-1")


def test_recipients_that_name_nobody_are_refused():
    wrong = read(
        envelope(
            f'<SubmitReq xmlns="{REL_6}"><SenderIdentification/><Recipients><To/></Recipients></SubmitReq>',
        )
    )

    assert (wrong.status, "nobody" in wrong.reason) == (4004, True)


@pytest.mark.parametrize("version", ["5.3.0", "6.8.0"])
def test_both_generations_of_versions_are_read(version):
    received = read(
        envelope(
            f'<SubmitRsp xmlns="{REL_6}"><MM7Version>{version}</MM7Version><Status><StatusCode>1100</StatusCode>'
            "<StatusText>Partly</StatusText><Details><who>+420</who></Details></Status><MessageID/></SubmitRsp>"
        )
    )

    assert received.message == SubmitRsp(Status(1100, "Partly", "+420"), None, version)


def test_an_error_response_is_found_in_a_faults_detail_and_in_the_body():
    error = f'<RSErrorRsp xmlns="{REL_6}"><MM7Version>6.8.0</MM7Version><Status><StatusCode>4001</StatusCode>'
    error += "<StatusText>who</StatusText></Status></RSErrorRsp>"

    in_fault = read(envelope(f"<soap-env:Fault><faultcode>soap-env:Client</faultcode><detail>{error}</detail>"
                             "</soap-env:Fault>"))  # fmt: skip
    alone = read(envelope(error))

    assert in_fault.message == alone.message == RSErrorRsp(Status(4001, "who"))


@pytest.mark.parametrize(("code", "ours"), [("Client", True), ("MustUnderstand", True), ("Server", False), ("", False)])
def test_a_plain_fault_says_whose_it_is(code, ours):
    fault = f"<soap-env:Fault><faultcode>soap-env:{code}</faultcode><faultstring>no</faultstring></soap-env:Fault>"

    message = read(envelope(fault)).message

    assert message == Fault(code, "no")
    assert message.is_ours is ours


def test_a_header_that_must_be_understood_and_is_not_is_refused():
    def told(must):
        return read(
            delivery_report().replace(
                "</soap-env:Header>", f'<v:Own xmlns:v="urn:v" soap-env:mustUnderstand="{must}"/></soap-env:Header>'
            )
        )

    assert isinstance(told("0"), Received)
    assert (told("1").status, "'Own'" in told("1").reason) == (4004, True)


def test_another_soap_than_1_1_is_refused():
    wrong = read(delivery_report().replace(SOAP, "http://www.w3.org/2003/05/soap-envelope"))

    assert (wrong.status, "SOAP 1.1" in wrong.reason) == (4004, True)


def test_content_without_a_reference_is_taken_from_the_only_other_part():
    body = deliver_body().replace(b'<Content href="cid:SaturnPics-01020930@news" allowAdaptations="true"/>', b"")

    message = read_body(DELIVER_TYPE, body).message

    assert len(message.content.parts) == 3
    assert message.content.content_id == "SaturnPics-01020930@news"


def test_a_delivered_message_may_have_no_content_at_all():
    text = DELIVER.replace('<Content href="cid:SaturnPics-01020930@news" allowAdaptations="true"/>', "")

    assert read(text).message.content is None


def test_an_escaped_reference_names_the_same_part():
    body = deliver_body(content_id="pics/1 2").replace(b"SaturnPics-01020930@news", b"pics%2F1")
    body = body.replace(b"<pics/1 2>", b"<pics/1>")

    assert read_body(DELIVER_TYPE, body).message.content.content_id == "pics/1"
