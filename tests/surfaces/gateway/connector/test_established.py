"""The established dialect: addresses as the public clients write them, and SOAP by its description."""

from __future__ import annotations

import base64
import warnings
from datetime import timedelta

import pytest
import requests
from lxml import etree

from spojka.kernel.ids import uuid7
from tests.surfaces.gateway.connector.programs import O2, PICTURE, Program, now

GP, PRIORITY_GP = "/smsconnector/getpost/GP", "/priority/smsconnector/getpost/GP"
SOAP = "/smsconnector/services/PPGwPort"


def said(reply):
    """The lines of an answer, split on the first equals sign as the clients do."""
    return dict(line.split("=", 1) for line in reply.text.splitlines())


@pytest.fixture
def known(world, program):
    """A program whose number the gateway has heard of."""
    world.forget_numbers()
    return program


def test_a_ping_is_answered(known):
    answer = said(known.http.get(GP, params={"action": "ping", "baID": known.number}))

    assert (answer["selector"], answer["responseType"], answer["responseCode"]) == ("Response", "SUCCESS", "ISUC_000")
    assert answer["baID"] == answer["refBaID"] == known.number


def test_a_message_in_an_address_as_the_clients_write_it_is_sent_as_standard_with_a_hint(world, known):
    address = (
        f"{GP}?ACTION=send&BAID={known.number}&toNumber=+420602000001&TEXT=P%C5%99%C3%ADli%C5%A1+%C5%BElu%C5%A5ou%C4%8Dk%C3%BD"
        "&validityPeriod=10000&priority=1&deliveryReport=TRUE&intruder=FALSE&multipart=TRUE"
    )

    reply = known.http.get(address)

    answer = said(reply)
    assert (reply.status_code, answer["responseCode"]) == (200, "ISUC_001")
    assert "priority=1" in answer["responseDescription"]
    (row,) = world.rows("SELECT * FROM message WHERE id = %s", answer["refMsgID"])
    assert bytes(row["body"]).decode() == "Příliš žluťoučký"
    assert (row["class"], row["recipient"], row["options"]) == ("standard", O2, {"report": True})
    (queued,) = world.rows("SELECT expires_at FROM message_queue WHERE id = %s", answer["refMsgID"])
    assert abs(queued["expires_at"] - now() - timedelta(seconds=10000)) < timedelta(minutes=1)


@pytest.mark.clause("o2/2.2")
def test_the_priority_address_sends_by_priority(world, known):
    answer = said(
        known.http.post(
            PRIORITY_GP,
            data={"action": "send", "baID": known.number, "toNumber": "602000001", "text": "Řeka", "priority": "3"},
        )
    )

    (row,) = world.rows("SELECT class, body FROM message WHERE id = %s", answer["refMsgID"])
    assert (row["class"], bytes(row["body"]).decode()) == ("priority", "Řeka")


def test_a_form_in_windows_1250_is_read_where_it_says_so(world, known):
    body = f"action=send&baID={known.number}&toNumber={O2.replace('+', '%2B')}&text=%9Elu%9Dou%E8k%FD"

    answer = said(
        known.http.post(
            GP,
            content=body.encode(),
            headers={"content-type": "application/x-www-form-urlencoded; charset=windows-1250"},
        )
    )
    unsaid = known.http.get(f"{GP}?{body}")

    (row,) = world.rows("SELECT body FROM message WHERE id = %s", answer["refMsgID"])
    assert bytes(row["body"]).decode() == "žluťoučký"
    assert (unsaid.status_code, said(unsaid)["responseType"]) == (400, "FORMAT_ERROR")


def test_a_repeat_with_the_same_id_is_answered_the_same_and_sent_once(world, known):
    asked = {"action": "send", "baID": known.number, "toNumber": O2, "text": "x", "msgID": "m-1"}

    replies = [said(known.http.get(GP, params=asked)) for _ in range(2)]

    assert [(one["responseCode"], one["refMsgID"]) for one in replies] == [("ISUC_001", "m-1")] * 2
    assert "už dříve" in replies[1]["responseDescription"]
    assert len(world.rows("SELECT 1 FROM message WHERE application_id = %s", known.id)) == 1


@pytest.mark.parametrize(
    ("changed", "status", "kind", "code"),
    [
        ({"toNumber": "222"}, 422, "FORMAT_ERROR", "RECIPIENT_INVALID"),
        ({"toNumber": ""}, 422, "FORMAT_ERROR", "RECIPIENT_INVALID"),
        ({"fromNumber": "1992001"}, 422, "APPL_ERROR", "SENDER_NOT_ASSIGNED"),
        ({"suffix": "1234567890"}, 422, "APPL_ERROR", "SENDER_NOT_ASSIGNED"),
        ({"text": "a" * 161, "multipart": "FALSE"}, 422, "FORMAT_ERROR", "MESSAGE_TOO_LONG"),
        ({"text": "a" * 1600, "multipart": "TRUE"}, 422, "FORMAT_ERROR", "MESSAGE_TOO_LONG"),
        ({"validityPeriod": "soon"}, 400, "FORMAT_ERROR", "REQUEST_MALFORMED"),
        ({"deliveryReport": "MAYBE"}, 400, "FORMAT_ERROR", "REQUEST_MALFORMED"),
        ({"action": "fly"}, 400, "FORMAT_ERROR", "REQUEST_MALFORMED"),
        ({"msgID": "x" * 129}, 400, "FORMAT_ERROR", "REQUEST_MALFORMED"),
        ({"baID": "1990000"}, 403, "AUTHORIZATION_ERROR", "CERT_UNKNOWN"),
    ],
)
def test_what_is_wrong_is_said_in_the_dialect(known, changed, status, kind, code):
    asked = {"action": "send", "baID": known.number, "toNumber": O2, "text": "x"} | changed

    reply = known.http.get(GP, params=asked)

    answer = said(reply)
    assert (reply.status_code, answer["responseType"], answer["responseCode"]) == (status, kind, code)


@pytest.mark.clause("o2/3.2")
def test_one_item_is_visible_until_it_is_confirmed(world, known):
    sent = said(known.http.get(GP, params={"action": "send", "baID": known.number, "toNumber": O2, "text": "x"}))
    receive = {"action": "receive", "baID": known.number}
    empty = known.http.get(GP, params=receive)
    world.arrives(known.id, {"text": "první=1\ndruhý řádek"})
    world.arrives(known.id, {"state": "delivered", "part": 2, "parts": 3}, kind="report", message=sent["refMsgID"])

    first = [known.http.get(GP, params=receive).text for _ in range(2)]
    head, _, text = first[0].partition("\ntext=")
    item = dict(line.split("=", 1) for line in head.splitlines())
    confirm = {"action": "confirm", "baID": known.number, "refBaID": known.number, "refMsgID": item["msgID"]}
    confirmed = [said(known.http.get(GP, params=confirm))["responseCode"] for _ in range(2)]
    report = said(known.http.get(GP, params=receive))

    assert (empty.status_code, empty.text) == (200, "")
    assert first[0] == first[1]
    assert (item["selector"], text) == ("TextSms", "první=1\ndruhý řádek\n")
    assert confirmed == ["ISUC_002", "ISUC_002"]
    assert report["responseDescription"] == "delivered 2/3"
    assert (report["selector"], report["responseCode"], report["refMsgID"]) == (
        "Response",
        "ISUC_010",
        sent["refMsgID"],
    )


@pytest.mark.clause("o2/3.1")
@pytest.mark.parametrize(
    ("ends", "codes", "whole"),
    [
        (["delivered", "delivered", "delivered"], ["ISUC_010", "ISUC_010", "ISUC_005"], "delivered"),
        (["delivered", "undelivered", "delivered"], ["ISUC_010", "ISUC_010", "UNDELIVERED"], "undelivered"),
        (["delivered", "delivered"], ["ISUC_010", "ISUC_010"], "dispatched"),
    ],
)
def test_a_long_message_has_one_end_told_with_the_last_of_its_parts(world, known, ends, codes, whole):
    asked = {"action": "send", "baID": known.number, "toNumber": O2, "text": "x" * 400, "deliveryReport": "TRUE"}
    sent = said(known.http.get(GP, params=asked))["refMsgID"]
    world.write("DELETE FROM message_queue WHERE id = %s", sent)
    for part in range(1, 4):
        world.happens(sent, "sent", part=part, at=now())
    for part, kind in enumerate(ends, 1):
        at = now() + timedelta(seconds=part)
        world.happens(sent, kind, part=part, at=at)
        content = {"state": kind, "part": part, "parts": 3, "at": at.isoformat()}
        world.arrives(known.id, content, kind="report", message=sent)

    lines = known.http.get(GP, params={"action": "receive", "baID": known.number, "batch": 9}).text.splitlines()
    told = known.http.get(f"{known.root}/reports").json()["items"]

    assert [line.partition("=")[2] for line in lines if line.startswith("responseCode=")] == codes
    assert [one["message_status"] for one in told] == [whole] * len(ends)


def test_many_items_come_at_once_and_are_confirmed_at_once_where_that_is_asked_for(world, known):
    ids = [world.arrives(known.id, {"text": text}) for text in "abc"]

    batch = known.http.get(GP, params={"action": "receive", "baID": known.number, "batch": "10", "wait": "5"})
    confirmed = said(known.http.get(GP, params={"action": "confirm", "baID": known.number, "refMsgID": ",".join(ids)}))
    left = known.http.get(GP, params={"action": "receive", "baID": known.number})
    unknown = known.http.get(GP, params={"action": "confirm", "baID": known.number, "refMsgID": "nic"})

    assert [dict(x.split("=", 1) for x in item.splitlines())["text"] for item in batch.text.split("\n\n")] == list(
        "abc"
    )
    assert (confirmed["responseCode"], left.text) == ("ISUC_002", "")
    assert (unknown.status_code, said(unknown)["responseCode"]) == (404, "MESSAGE_NOT_FOUND")


@pytest.fixture
def soap(world):
    """Makes clients that know nothing but the description."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        import zeep
        from zeep.transports import Transport

    sessions = []

    def connected(program, port="PPGwPort"):
        session = requests.Session()
        session.trust_env = False
        session.verify = str(world.certificate)
        file = world.folder / f"{program.certificate.hex}.pem"
        session.cert = str(file)
        sessions.append(session)
        client = zeep.Client(f"{world.url}{SOAP}?wsdl", transport=Transport(session=session, timeout=20))
        return client.bind("MessagingGateway", port), client

    yield connected
    for session in sessions:
        session.close()


@pytest.mark.parametrize("port", ["PPGwPort", "PPGwPort11"])
def test_a_client_made_of_the_description_sends_receives_and_confirms(world, known, soap, port):
    service, _ = soap(known, port)
    text = {"baID": known.number, "toNumber": O2, "text": "Žluť", "multiPart": True, "priority": "1", "msgID": "z-1"}
    world.arrives(known.id, {"text": "Odpověď <&>"})

    pinged = service.ping(baID=known.number)
    sent = [service.send(mc={"selector": "TextSms", "textSms": text}) for _ in range(2)]
    got = service.receive(baID=known.number)
    timed = service.receiveWithTime(baID=known.number)
    confirmed = service.confirm(baID=known.number, refBaID=known.number, refMsgID=got.textSms.msgID)
    nothing = service.receive(baID=known.number)

    assert (pinged.code, pinged.type) == ("ISUC_000", "SUCCESS")
    assert [(one.code, one.refMsgID) for one in sent] == [("ISUC_001", "z-1")] * 2
    assert (got.selector, got.textSms.text, got.textSms.fromNumber) == ("TextSms", "Odpověď <&>", "+420602000009")
    assert timed.textSms.startTime is not None
    assert confirmed.code == "ISUC_002"
    assert nothing is None or nothing.selector is None
    rows = world.rows("SELECT body, class FROM message WHERE application_id = %s", known.id)
    assert [(bytes(row["body"]).decode(), row["class"]) for row in rows] == [("Žluť", "standard")]


def test_binary_and_timed_messages_are_kept_as_they_are(world, known, soap):
    service, _ = soap(known)
    at = now() + timedelta(hours=2)

    binary = service.send(
        mc={"binarySms": {"toNumber": O2, "data": b"\x00\xff", "header": b"\x06\x05\x04\x0b\x84\x23\xf0"}}
    )
    timed = service.sendWithTime(
        mc={"textSms": {"toNumber": O2, "text": "později", "startTime": at, "validityPeriod": 600}}
    )
    plain = service.sendSms(baID=known.number, text="x", toNumber=O2, validityPeriod=0, intruder=True)

    row = world.rows("SELECT body, coding, options FROM message WHERE id = %s", binary.refMsgID)[0]
    assert (bytes(row["body"]), row["options"]["header"]) == (b"\x00\xff", "0605040b8423f0")
    queued = world.rows("SELECT ready_at, expires_at FROM message_queue WHERE id = %s", timed.refMsgID)[0]
    assert abs(queued["ready_at"] - at) < timedelta(seconds=1)
    assert queued["expires_at"] - queued["ready_at"] == timedelta(seconds=600)
    assert world.rows("SELECT options FROM message WHERE id = %s", plain)[0]["options"] == {"flash": True}


def test_a_multimedia_message_goes_through_soap(world, soap):
    program = Program(world, "MMSC")
    world.forget_numbers()
    service, _ = soap(program)
    part = {"id": "p1", "contentType": "image/png", "contentEncoding": "base64", "content": b"\x89PNG"}

    sent = service.send(mc={"mms": {"toNumber": O2, "subject": "Léto", "parts": [part]}})
    wrong = service.send(mc={"textSms": {"toNumber": O2, "text": "x"}})

    assert sent.code == "ISUC_001"
    assert b"\x89PNG" in bytes(world.rows("SELECT body FROM message WHERE id = %s", sent.refMsgID)[0]["body"])
    assert (wrong.type, wrong.code) == ("APPL_ERROR", "MESSAGE_TYPE_NOT_SUPPORTED")


@pytest.mark.clause("o2/7.1")
def test_a_multimedia_message_that_came_in_is_received_whole_through_soap(world, soap):
    program = Program(world, "MMSC")
    world.forget_numbers()
    service, _ = soap(program)
    item = world.pictured(program.id, subject="Léto <&>")

    got = service.receive(baID=program.number)
    confirmed = service.confirm(baID=program.number, refBaID=program.number, refMsgID=got.mms.msgID)

    assert (got.selector, got.mms.msgID, got.mms.subject, got.mms.fromNumber) == (
        "Mms",
        item,
        "Léto <&>",
        "+420602000009",
    )
    assert [(one.id, one.contentType, one.content) for one in got.mms.parts] == [
        ("1", "text/plain; charset=utf-8", b"Ahoj"),
        ("p1", "image/png", PICTURE),
    ]
    assert confirmed.code == "ISUC_002"


def test_a_multimedia_message_that_came_in_says_in_lines_where_it_is_fetched(world):
    program = Program(world, "MMSC")
    world.forget_numbers()
    item = world.pictured(program.id, subject="Léto\nselector=Response")

    said = program.http.get(f"/smsconnector/getpost/GP?action=receive&baID={program.number}").text
    lines = dict(line.split("=", 1) for line in said.splitlines())

    assert (lines["selector"], lines["parts"], lines["subject"]) == ("Mms", "2", "Léto selector=Response")
    assert program.http.get(lines["location"]).json()["id"] == item


def test_deactivation_takes_back_what_waits_where_that_is_asked_for(world, known, soap):
    service, _ = soap(known)
    known.send({"messages": [{"to": O2, "text": str(number)} for number in range(3)]})

    kept = service.deactivateBA(baID=known.number, deleteOutstandingMessages=False)
    taken = service.deactivateBA(baID=known.number, deleteOutstandingMessages=True)

    assert (kept, taken, service.activateBA(baID=known.number)) == (False, True, True)
    assert world.rows("SELECT 1 FROM message_queue WHERE application_id = %s", known.id) == []
    told = "SELECT detail FROM message_event e JOIN message m ON m.id = e.message_id WHERE m.application_id = %s"
    assert [row["detail"] for row in world.rows(told, known.id)] == [{"code": "TAKEN_BACK", "by": "connector"}] * 3


@pytest.mark.clause("o2/9.1")
@pytest.mark.parametrize(
    ("statement", "active"),
    [
        ("SELECT %s::uuid", True),
        ("UPDATE service SET state = 'waiting' WHERE id = %s", False),
        (
            """INSERT INTO service_hold (tenant_id, id, service_id, reason, scope, clauses, held_at, requested_by)
            SELECT tenant_id, gen_random_uuid(), id, 'content', 'both', '[]', now(), 'x' FROM service WHERE id = %s""",
            False,
        ),
    ],
)
def test_an_application_is_active_only_while_it_may_send(world, known, soap, statement, active):
    service, _ = soap(known)
    world.write(statement, known.id)

    service.deactivateBA(baID=known.number, deleteOutstandingMessages=True)

    assert service.activateBA(baID=known.number) is active


@pytest.mark.clause("o2/8.1")
@pytest.mark.parametrize(
    ("more", "kept"),
    [({}, "commercial"), ({"purpose": "SERVICE"}, "service"), ({"purpose": "commercial"}, "commercial")],
)
def test_an_address_may_say_that_a_message_is_no_advertisement(world, known, more, kept):
    asked = {"action": "send", "baID": known.number, "toNumber": O2, "text": "x", **more}

    answer = said(known.http.get(GP, params=asked))

    assert world.rows("SELECT purpose FROM message WHERE id = %s", answer["refMsgID"]) == [{"purpose": kept}]


@pytest.mark.clause("o2/3.1")
def test_a_suffix_is_shown_behind_the_application_number(world, known):
    asked = {"action": "send", "baID": known.number, "toNumber": O2, "text": "x", "suffix": "12"}

    answer = said(known.http.get(GP, params=asked))

    (row,) = world.rows("SELECT sender, sender_kind FROM message WHERE id = %s", answer["refMsgID"])
    assert row == {"sender": f"{known.number}12", "sender_kind": "app_number"}


def test_a_purpose_that_is_none_is_refused(known):
    asked = {"action": "send", "baID": known.number, "toNumber": O2, "text": "x", "purpose": "news"}

    assert said(known.http.get(GP, params=asked))["responseType"] == "FORMAT_ERROR"


def test_refusals_in_soap_are_responses_and_what_has_none_is_a_fault(known, soap):
    import zeep.exceptions

    service, _ = soap(known)

    refused = service.send(mc={"textSms": {"toNumber": "222", "text": "x"}})
    foreign = service.ping(baID="1990000")
    with pytest.raises(zeep.exceptions.Fault, match="RECIPIENT_INVALID"):
        service.sendSms(baID=known.number, text="x", toNumber="222", validityPeriod=0, intruder=False)

    assert (refused.type, refused.code) == ("FORMAT_ERROR", "RECIPIENT_INVALID")
    assert (foreign.type, foreign.code) == ("AUTHORIZATION_ERROR", "CERT_UNKNOWN")


ENVELOPE = '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>{}</s:Body></s:Envelope>'


@pytest.mark.parametrize(
    "body",
    [
        "",
        "<",
        "<a/>",
        ENVELOPE.format(""),
        ENVELOPE.format("<ping/><ping/>"),
        ENVELOPE.format("<fly/>"),
        ENVELOPE.format("<ping>" * 40 + "</ping>" * 40),
        ENVELOPE.format("<send><mc/></send>"),
        ENVELOPE.format("<send><mc><textSms><validityPeriod>x</validityPeriod></textSms></mc></send>"),
        ENVELOPE.format("<send><mc><binarySms><data>%</data></binarySms></mc></send>"),
        '<!DOCTYPE a [<!ENTITY b "c">]>' + ENVELOPE.format("<ping>&b;</ping>"),
        '<!DOCTYPE a SYSTEM "file:///etc/passwd">' + ENVELOPE.format("<ping/>"),
    ],
)
def test_what_is_no_request_is_answered_with_a_fault(known, body):
    reply = known.http.post(SOAP, content=body.encode(), headers={"content-type": "text/xml"})

    root = etree.fromstring(reply.content)
    assert reply.status_code == 500
    assert "REQUEST_MALFORMED" in root.findtext(".//faultstring")


def test_a_document_type_does_not_come_in_by_another_encoding(known):
    body = '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a [<!ENTITY b "c">]>' + ENVELOPE.format("<ping/>")

    reply = known.http.post(SOAP, content=body.encode("utf-16"), headers={"content-type": "text/xml"})

    assert reply.status_code == 500
    assert b"document type" in reply.content


def test_binary_items_come_in_soap(world, known, soap):
    service, _ = soap(known)
    world.arrives(known.id, {"octets": "00ff"})
    octets = service.receive(baID=known.number)
    world.write("UPDATE message_inbox SET acked_at = now() WHERE application_id = %s", known.id)
    world.arrives(known.id, {"state": "undelivered"}, kind="report", message=str(uuid7()))
    report = service.receive(baID=known.number)

    assert (octets.selector, octets.binarySms.data) == ("BinarySms", b"\x00\xff")
    assert (report.selector, report.response.code, report.response.type) == ("Response", "UNDELIVERED", "APPL_ERROR")
    assert base64.b64encode(octets.binarySms.data) == b"AP8="
