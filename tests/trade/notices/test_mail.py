"""Letters against a real server on this machine: delivered, refused, delayed, encrypted, repeated."""

from __future__ import annotations

import doctest
import email
import email.policy
import hashlib
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from spojka.trade.notices import mail
from spojka.trade.notices.mail import (
    Attachment,
    Letter,
    MailDelayed,
    Mailer,
    MailRefused,
    MailServer,
    MailServerNotUnderstood,
    Sender,
    message_of,
)

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
SENDER = Sender("Příkladný operátor", "faktury@operator.example")
LETTER = Letter(
    notice_id=UUID("0198c0de-0000-7000-8000-00000000beef"),
    recipient="eva@mail.example",
    subject="Vyúčtování za únor 2026 – žluťoučký kůň",
    body="Dobrý den,\n\nposíláme vyúčtování.\n.\nTečka na řádku nic neukončí.\n",
    language="cs",
    attachments=(
        Attachment("Faktura č. 2026000123.pdf", "application/pdf", b"%PDF-1.7 \x00\xff\r\n.\r\n"),
        Attachment("2026000123.isdoc", "application/x-isdoc", "<Invoice>č</Invoice>".encode()),
    ),
)


class Mailbox:
    """What the server does: keeps what it accepts, refuses some recipients, is busy for others."""

    def __init__(self) -> None:
        self.kept: list[tuple[str, list[str], bytes]] = []

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if address.startswith("nobody"):
            return "550 5.1.1 No such mailbox"
        if address.startswith("busy"):
            return "450 4.2.1 Mailbox busy"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        if b"reject me" in envelope.content:
            return "554 5.7.1 Not wanted"
        self.kept.append((envelope.mail_from, envelope.rcpt_tos, envelope.content))
        return "250 2.0.0 Kept as 4711"


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def server(mailbox) -> Iterator[MailServer]:
    controller = Controller(mailbox, hostname="127.0.0.1", port=free_port())
    controller.start()
    yield MailServer("127.0.0.1", controller.port, security="plain", timeout_s=5)
    controller.stop()


def read(content: bytes) -> email.message.EmailMessage:
    return email.message_from_bytes(content, policy=email.policy.default)


def test_a_letter_arrives_whole_with_its_files(server, mailbox):
    Mailer(server, SENDER).send(LETTER, now=NOW)

    [(sender, recipients, content)] = mailbox.kept
    message = read(content)
    assert (sender, recipients) == ("faktury@operator.example", ["eva@mail.example"])
    assert message["Subject"] == LETTER.subject
    assert message["From"].addresses[0].display_name == "Příkladný operátor"
    assert message["Date"].datetime == NOW
    assert message.get_body().get_content().replace("\r\n", "\n") == LETTER.body
    files = [(part.get_filename(), part.get_content_type(), part.get_content()) for part in message.iter_attachments()]
    assert files == [(file.filename, file.media_type, file.content) for file in LETTER.attachments]


def test_the_proof_holds_the_servers_words_and_the_digest_of_what_it_got(server, mailbox):
    proof = Mailer(server, SENDER).send(LETTER, now=NOW)

    assert proof.answer == "250 2.0.0 Kept as 4711"
    assert proof.recipient == "eva@mail.example"
    assert proof.server == f"127.0.0.1:{server.port}"
    assert proof.sent_at == NOW
    assert proof.digest == hashlib.sha256(message_of(LETTER, SENDER, NOW)).hexdigest()
    assert proof.message_id == "<0198c0de-0000-7000-8000-00000000beef@operator.example>"


def test_a_repeat_has_the_same_id_and_equal_attempts_equal_bytes(server, mailbox):
    later = NOW.replace(hour=9)
    mailer = Mailer(server, SENDER)

    first, second = mailer.send(LETTER, now=NOW), mailer.send(LETTER, now=later)

    assert first.message_id == second.message_id
    assert [read(content)["Message-ID"] for _, _, content in mailbox.kept] == [first.message_id] * 2
    assert message_of(LETTER, SENDER, NOW) == message_of(LETTER, SENDER, NOW)
    assert first.digest != second.digest


def test_another_notice_has_another_id():
    other = replace(LETTER, notice_id=UUID(int=7))

    assert read(message_of(other, SENDER, NOW))["Message-ID"] != read(message_of(LETTER, SENDER, NOW))["Message-ID"]


def test_a_letter_without_files_is_plain_text():
    message = read(message_of(replace(LETTER, attachments=()), SENDER, NOW))

    assert message.get_content_type() == "text/plain"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Content-Language"] == "cs"


def test_a_message_is_ascii_in_short_lines_ended_by_crlf():
    written = message_of(replace(LETTER, body="ž" * 5_000), SENDER, NOW)

    assert written.isascii()
    assert max(len(line) for line in written.split(b"\r\n")) < 998
    assert written.count(b"\n") == written.count(b"\r\n")


def test_a_refused_recipient_is_refused_for_good_and_the_next_letter_still_goes(server, mailbox):
    with Mailer(server, SENDER).connected() as connection:
        with pytest.raises(MailRefused, match=r"nobody@mail\.example was not accepted") as refused:
            connection.send(replace(LETTER, recipient="nobody@mail.example"), now=NOW)
        connection.send(LETTER, now=NOW)

    assert refused.value.answer == "550 5.1.1 No such mailbox"
    assert [recipients for _, recipients, _ in mailbox.kept] == [["eva@mail.example"]]


def test_a_busy_mailbox_is_a_delay(server, mailbox):
    with pytest.raises(MailDelayed) as delayed:
        Mailer(server, SENDER).send(replace(LETTER, recipient="busy@mail.example"), now=NOW)

    assert delayed.value.answer == "450 4.2.1 Mailbox busy"
    assert mailbox.kept == []


def test_a_refused_message_is_refused_for_good(server):
    with pytest.raises(MailRefused, match=r"554 5\.7\.1 Not wanted"):
        Mailer(server, SENDER).send(replace(LETTER, body="reject me", attachments=()), now=NOW)


def test_a_server_that_is_down_is_a_delay():
    down = MailServer("127.0.0.1", free_port(), security="plain", timeout_s=2)

    with pytest.raises(MailDelayed, match="was not reached") as delayed:
        Mailer(down, SENDER).send(LETTER, now=NOW)

    assert delayed.value.answer == ""


def test_a_server_that_never_answers_is_a_delay_after_its_time():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        mute = MailServer("127.0.0.1", silent.getsockname()[1], security="plain", timeout_s=1)

        with pytest.raises(MailDelayed, match="was not reached"):
            Mailer(mute, SENDER).send(LETTER, now=NOW)


def test_a_server_lost_in_the_middle_is_a_delay():
    listener = socket.create_server(("127.0.0.1", 0))

    def hang_up_after_hello() -> None:
        with listener, listener.accept()[0] as line:
            line.sendall(b"220 ready\r\n")
            line.recv(1000)
            line.sendall(b"250 hello\r\n")
            line.recv(1000)

    thread = threading.Thread(target=hang_up_after_hello)
    thread.start()
    leaving = MailServer("127.0.0.1", listener.getsockname()[1], security="plain", timeout_s=5)

    with pytest.raises(MailDelayed, match="was lost"):
        Mailer(leaving, SENDER).send(LETTER, now=NOW)

    thread.join(timeout=5)


def test_encryption_that_was_asked_for_is_never_given_up(server, mailbox):
    with pytest.raises(MailDelayed, match="STARTTLS"):
        Mailer(replace(server, security="starttls"), SENDER).send(LETTER, now=NOW)

    assert mailbox.kept == []


@pytest.fixture(scope="module")
def certificate(tmp_path_factory) -> tuple[str, str]:
    if not shutil.which("openssl"):
        pytest.skip("no openssl here to make a certificate with")
    folder = tmp_path_factory.mktemp("tls")
    key, cert = str(folder / "key.pem"), str(folder / "cert.pem")
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout", key, "-out", cert]
    subprocess.run([*made, *names], check=True, capture_output=True, timeout=60)
    return cert, key


@pytest.fixture
def secure(certificate, mailbox) -> Iterator[MailServer]:
    """A server that wants encryption and a name; it knows `operator` with `tajné heslo@`."""

    def authenticate(server, session, envelope, mechanism, given):
        known = (given.login, given.password) == (b"operator", "tajné heslo@".encode())
        return AuthResult(success=known, handled=known)

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    controller = Controller(
        mailbox,
        hostname="127.0.0.1",
        port=free_port(),
        tls_context=context,
        require_starttls=True,
        auth_required=True,
        authenticator=authenticate,
    )
    controller.start()
    yield MailServer("127.0.0.1", controller.port, authority_file=certificate[0], timeout_s=5)
    controller.stop()


def test_letters_go_encrypted_and_signed_in(secure, mailbox):
    signed_in = replace(secure, username="operator", password="tajné heslo@")

    proof = Mailer(signed_in, SENDER).send(LETTER, now=NOW)

    assert proof.answer.startswith("250")
    assert len(mailbox.kept) == 1


@pytest.mark.parametrize("password", ["guess", "hádám"])
def test_a_wrong_password_is_a_delay_since_the_letter_is_not_at_fault(secure, mailbox, password):
    with pytest.raises(MailDelayed, match="535"):
        Mailer(replace(secure, username="operator", password=password), SENDER).send(LETTER, now=NOW)

    assert mailbox.kept == []


def test_a_certificate_nobody_vouches_for_is_not_trusted(secure, mailbox):
    with pytest.raises(MailDelayed, match="certificate"):
        Mailer(replace(secure, authority_file=""), SENDER).send(LETTER, now=NOW)

    assert mailbox.kept == []


@pytest.mark.parametrize(
    "recipient",
    ["", "eva", "@mail.example", "eva@", "eva malá@mail.example", "žluťoučká@mail.example", "a@b@c", "eva@x..y"],
)
def test_what_is_no_address_is_refused_before_anything_is_sent(server, mailbox, recipient):
    with pytest.raises(MailRefused):
        Mailer(server, SENDER).send(replace(LETTER, recipient=recipient), now=NOW)

    assert mailbox.kept == []


@pytest.mark.parametrize(
    "change",
    [
        {"recipient": "eva@mail.example\r\nBcc: all@mail.example"},
        {"subject": "Faktura\r\nBcc: all@mail.example"},
    ],
)
def test_a_line_break_cannot_smuggle_a_header_in(change):
    with pytest.raises(MailRefused):
        message_of(replace(LETTER, **change), SENDER, NOW)


def test_a_czech_domain_is_written_the_way_servers_know_it(server, mailbox):
    Mailer(server, SENDER).send(replace(LETTER, recipient="eva@háčky.example"), now=NOW)

    assert mailbox.kept[0][1] == ["eva@xn--hky-ela4t.example"]


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://mail.example", MailServer("mail.example", 587, "starttls")),
        ("smtps://mail.example", MailServer("mail.example", 465, "tls")),
        ("smtp://mail.example?security=plain", MailServer("mail.example", 25, "plain")),
        (
            "smtp://jan%40firma:tajn%C3%A9%3A@mail.example:2525?timeout_s=5&authority_file=/etc/ca.pem",
            MailServer("mail.example", 2525, "starttls", "jan@firma", "tajné:", 5, "/etc/ca.pem"),
        ),
    ],
)
def test_a_server_is_read_from_its_url(url, expected):
    assert MailServer.from_url(url) == expected


@pytest.mark.parametrize(
    "url",
    [
        "mail.example",
        "ftp://mail.example?security=plain",
        "smtp://",
        "smtp://mail.example?security=maybe",
        "smtp://mail.example?timeout_s=0",
        "smtp://mail.example?timeout_s=-1",
        "smtp://mail.example?unknown=1",
        "smtp://user:secret@mail.example?security=off",
    ],
)
def test_what_is_no_server_is_refused_without_telling_the_password(url):
    with pytest.raises(MailServerNotUnderstood) as refused:
        MailServer.from_url(url)

    assert "secret" not in str(refused.value)


def test_a_password_is_never_printed_with_its_server():
    assert "tajné" not in repr(MailServer.from_url("smtp://jan:tajn%C3%A9@mail.example"))


def test_the_examples_in_the_docstrings_are_true():
    assert doctest.testmod(mail).failed == 0
