"""What a foreign body may not do: exhaust memory, reach files or the network, or raise."""

from __future__ import annotations

import os
import random
import time
from dataclasses import replace

import pytest

from spojka.network.messaging.mm7.bodies import Received, read_body, write_body
from spojka.network.messaging.mm7.content import Content, Layout, MediaPart
from spojka.network.messaging.mm7.envelope import Unreadable
from spojka.network.messaging.mm7.limits import Limits
from spojka.network.messaging.mm7.messages import Address, AddressKind, DeliverReq
from spojka.network.messaging.mm7.mime import BodyWrong, TransferEncoding, decode, read_content_type
from tests.network.messaging.mm7.samples import DELIVER_TYPE, REL_6, deliver_body, delivery_report, envelope

MUTATED = 200_000 if os.environ.get("SPOJKA_SOAK") == "1" else 10_000

LAUGHS = "".join(f'<!ENTITY l{n} "' + f"&l{n - 1};" * 10 + '">' if n else '<!ENTITY l0 "lol">' for n in range(9))


@pytest.mark.parametrize(
    "declaration",
    [
        f"<!DOCTYPE x [{LAUGHS}]>",
        '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">',
        "<!DOCTYPE x>",
        "<!-- before --><?own x?>\n <!DOCTYPE x>",
        '<!ENTITY f "x">',
    ],
    ids=["laughs", "file", "network", "bare", "hidden", "entity"],
)
def test_a_document_type_is_refused_whatever_it_declares(declaration):
    text = delivery_report().replace("?>\n", f"?>\n{declaration}", 1).replace("Done", "&f;&l8;")

    wrong = read_body("text/xml", text.encode())

    assert isinstance(wrong, Unreadable)
    assert (wrong.status, "document type" in wrong.reason) == (4004, True)


@pytest.mark.parametrize("entity", ["&f;", "&nbsp;", "&#0;", "&#x1;"])
def test_an_entity_that_is_not_xmls_own_is_refused(entity):
    wrong = read_body("text/xml", delivery_report().replace("Done", entity).encode())

    assert wrong.status == 4004


def test_the_word_doctype_within_text_is_only_text():
    text = delivery_report().replace("Done", "<![CDATA[<!DOCTYPE x>]]> &lt;!ENTITY")

    assert read_body("text/xml", text.encode()).message.status_text == "<!DOCTYPE x> <!ENTITY"


def test_depth_is_limited_on_both_sides_of_the_boundary():
    def nested(levels):
        inner = "<a>" * levels + "</a>" * levels
        return read_body(
            "text/xml",
            delivery_report().replace("Done</m:StatusText>", f"Done</m:StatusText>{inner}").encode(),
            limits=Limits(xml_depth=32),
        )

    assert isinstance(nested(29), Received)  # Envelope, Body and the message are three
    assert "deeper than 32" in nested(30).reason


def test_ten_thousand_levels_are_refused_without_a_crash():
    text = envelope("<a>" * 10_000 + "</a>" * 10_000)

    assert read_body("text/xml", text.encode()).status == 4004


def test_sizes_are_limited_on_both_sides_of_the_boundary():
    data = delivery_report().encode()

    assert isinstance(read_body("text/xml", data, limits=Limits(envelope_bytes=len(data))), Received)
    assert read_body("text/xml", data, limits=Limits(envelope_bytes=len(data) - 1)).status == 4004
    assert isinstance(read_body("text/xml", data, limits=Limits(body_bytes=len(data))), Received)
    assert read_body("text/xml", data, limits=Limits(body_bytes=len(data) - 1)).status == 2004


def delivered(parts):
    message = DeliverReq(
        sender=Address(AddressKind.NUMBER, "+420602000001"),
        content=Content(tuple(MediaPart("text/plain", b"x") for _ in range(parts))),
    )
    return write_body(message, transaction_id="t")


def test_parts_are_limited_on_both_sides_of_the_boundary():
    whole, more = delivered(8), delivered(9)

    assert len(read_body(whole.content_type, whole.data, limits=Limits(parts=8)).message.content.parts) == 8
    assert read_body(more.content_type, more.data, limits=Limits(parts=8)).status == 2004


def test_containers_are_opened_to_a_limited_depth():
    def nested(levels):
        inner = b"Content-Type: text/plain\r\n\r\nx"
        for level in range(levels):
            mark = f"b{level}".encode()
            inner = (
                b"Content-Type: multipart/mixed; boundary=" + mark + b"\r\n\r\n--" + mark + b"\r\n" + inner
                + b"\r\n--" + mark + b"--\r\n"
            )  # fmt: skip
        head = deliver_body().partition(b"content-type: multipart/related")[0]
        body = head + b"Content-ID: <SaturnPics-01020930@news>\r\n" + inner + b"\r\n--NextPart--"
        return read_body(DELIVER_TYPE, body, limits=Limits(part_depth=4))

    assert [part.data for part in nested(2).message.content.parts] == [b"x"]
    assert (nested(3).status, nested(3).transaction_id) == (2004, "tr-1")


def test_headers_are_limited():
    body = deliver_body().replace(b"Content-Location: 1.gif", b"X-Long: " + b"a" * 9_000)

    assert read_body(DELIVER_TYPE, body).status == 2004


@pytest.mark.parametrize(
    ("old", "new", "status"),
    [
        (b"</tnn-200102/mm7-vasp>\r", b"<other>\r", 2007),
        (b"<SaturnPics", b"<Uranus", 2007),
        (b"--NextPart--", b"", 2007),
        (b"--Sub--", b"", 2004),
        (b"--NextPart", b"--Other", 2007),
        (b"BASE64", b"uuencode", 2004),
        (b"AAAALAAA", b"AAAA*AAA", 2004),
        (b"AAAALAAA", b"AAAAL", 2004),
        (b"image/gif", b"image", 2004),
        (b"boundary=Sub", b"boundary=", 2004),
        (b"Content-Type:text/xml", b"Content-Type:text/html", 4004),
        (b"charset=UTF-8;", b"charset=\xff\xfe;", 2004),
    ],
)
def test_a_broken_attachment_is_answered_with_its_code(old, new, status):
    assert old in deliver_body()

    wrong = read_body(DELIVER_TYPE, deliver_body().replace(old, new))

    assert isinstance(wrong, Unreadable)
    assert wrong.status == status


@pytest.mark.parametrize(
    "content_type",
    ["", "text", "text/html", "image/jpeg", "multipart/related", 'multipart/related; boundary="a', "a/b; =", "a/b; c"],
)
def test_a_body_of_another_type_is_answered_with_2007(content_type):
    assert read_body(content_type, delivery_report().encode()).status == 2007


@pytest.mark.parametrize(
    ("charset", "declared", "encoding"),
    [
        ("utf-8", "UTF-8", "utf-8"),
        ("", "iso-8859-2", "iso-8859-2"),
        ("windows-1250", "UTF-8", "cp1250"),
        ("", "utf-16", "utf-8"),
        ("", "UTF-8", "utf-8-sig"),
        ("", "utf-16", "utf-16"),
        ("utf-16le", "utf-16", "utf-16-le"),
    ],
    ids=["said", "declared", "header wins", "declared in vain", "marked", "marked wide", "said wide"],
)
def test_letters_are_read_by_mark_then_header_then_declaration(charset, declared, encoding):
    text = delivery_report().replace("UTF-8", declared).replace("Done", "Přečteno")
    content_type = f"text/xml; charset={charset}" if charset else "text/xml"

    received = read_body(content_type, text.encode(encoding))

    assert received.message.status_text == "Přečteno"


@pytest.mark.parametrize(
    ("content_type", "data"),
    [
        ("text/xml; charset=utf-7", delivery_report().encode()),
        ("text/xml; charset=us-ascii", delivery_report().replace("Done", "Přečteno").encode()),
        ("text/xml; charset=utf-8", delivery_report().replace("Done", "Přečteno").encode("cp1250")),
    ],
    ids=["unknown", "beyond ascii", "not utf-8"],
)
def test_letters_that_do_not_fit_their_charset_are_refused(content_type, data):
    assert read_body(content_type, data).status == 4004


def test_quoted_printable_follows_its_standard():
    assert decode(b"a=20=\r\nb =\t\nc=3d \t\r\nd=ZZ=", "Quoted-Printable") == b"a b c=\r\nd=ZZ="


@pytest.mark.parametrize("data", [b"QQ", b"QQ==", b"Q\r\nQ = =\t", b"QQ="])
def test_base64_may_be_wrapped_and_may_lack_its_padding(data):
    assert decode(data, "base64") == b"A"


@pytest.mark.parametrize("data", [b"Q", b"QQ==QQ==", b"QQ===", b"Q-==", b"\xff\xff"])
def test_base64_that_is_not_whole_is_refused(data):
    with pytest.raises(BodyWrong):
        decode(data, "base64")


def test_parameters_are_read_quoted_escaped_and_extended():
    found = read_content_type('IMAGE/jpeg ;Name="a \\"b\\";c" ; x*=utf-8\'\'%C5%99; name=second;')

    assert found.media_type == "image/jpeg"
    assert found.parameters == {"name": 'a "b";c', "x": "ř"}


def _mutations(rng, seeds):
    """Bodies with bytes changed, cut, doubled, swapped between samples, and dangerous words put in."""
    words = (
        b"<!DOCTYPE x>",
        b"&a;",
        b"\0",
        b"--NextPart",
        b"--Sub--",
        b"\r\n\r\n",
        b"]]>",
        b"<![CDATA[",
        b"\xff",
        b'"',
    )
    while True:
        content_type, data = rng.choice(seeds)
        changed = bytearray(data)
        for _ in range(rng.choice((1, 1, 2, 4, 16))):
            at = rng.randrange(len(changed) + 1)
            match rng.randrange(6):
                case 0:
                    changed[at : at + 1] = bytes([rng.randrange(256)])
                case 1:
                    del changed[at : at + rng.randrange(1, 64)]
                case 2:
                    changed[at:at] = changed[at : at + rng.randrange(1, 64)]
                case 3:
                    changed[at:at] = rng.choice(words)
                case 4:
                    other = rng.choice(seeds)[1]
                    begin = rng.randrange(len(other))
                    changed[at:at] = other[begin : begin + rng.randrange(1, 200)]
                case _:
                    del changed[at:]
            if not changed:
                changed += b"x"
        if rng.random() < 0.1:
            at = rng.randrange(len(content_type))
            content_type = content_type[:at] + chr(rng.randrange(1, 400)) + content_type[at + 1 :]
        yield content_type, bytes(changed)


def test_a_mutated_body_is_a_message_or_a_value_and_never_an_exception():
    binary = write_body(
        DeliverReq(
            sender=Address(AddressKind.EMAIL, "a@b.cz"),
            content=Content((MediaPart("image/png", bytes(range(256))),), Layout.SINGLE, "one"),
        ),
        transaction_id="t",
        encoding=TransferEncoding.BINARY,
    )
    seeds = [
        (DELIVER_TYPE, deliver_body()),
        (DELIVER_TYPE, deliver_body(line="\n")),
        ("text/xml; charset=utf-8", delivery_report().encode()),
        (binary.content_type, binary.data),
    ]
    mutations = _mutations(random.Random(23_140), seeds)
    began = time.perf_counter()

    found = [read_body(*next(mutations)) for _ in range(MUTATED)]

    assert {type(one) for one in found} == {Received, Unreadable}
    assert {one.status for one in found if isinstance(one, Unreadable)} <= {2004, 2007, 4002, 4003, 4004}
    assert time.perf_counter() - began < MUTATED / 100
    for one in found:
        if isinstance(one, Received) and isinstance(one.message, DeliverReq):
            again = write_body(one.message, transaction_id=one.transaction_id, namespace=one.namespace)
            assert read_body(again.content_type, again.data) == replace(one)


def test_a_body_of_boundaries_is_read_in_no_time():
    body = b"--a\n" * 200_000
    began = time.perf_counter()

    wrong = read_body("multipart/related; boundary=a", body)

    assert wrong.status == 2007
    assert time.perf_counter() - began < 30


def test_what_the_reason_of_a_refusal_quotes_is_short():
    wrong = read_body("text/xml", envelope(f'<{"x" * 5_000} xmlns="{REL_6}"/>').encode())

    assert (wrong.status, len(wrong.reason) < 200) == (4003, True)
