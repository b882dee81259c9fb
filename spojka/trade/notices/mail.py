"""Letters by e-mail: handed to one server, recognised when repeated, proved by the server's own words."""

from __future__ import annotations

import hashlib
import smtplib
import ssl
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Final, Literal
from urllib.parse import parse_qs, unquote, urlsplit
from uuid import UUID

from spojka.terms.clauses import Language

Security = Literal["plain", "starttls", "tls"]

DEFAULT_PORTS: Final[dict[Security, int]] = {"plain": 25, "starttls": 587, "tls": 465}
_SCHEMES: Final = {"smtp": "starttls", "smtps": "tls"}
_SECURITIES: Final[dict[str, Security]] = {"plain": "plain", "starttls": "starttls", "tls": "tls"}
_GONE: Final = 421
_TEMPORARY: Final = range(400, 500)
_ACCEPTED: Final = range(200, 300)


class MailServerNotUnderstood(ValueError):
    """A server's address is no SMTP URL: `smtp://user:password@host:587` is."""


class MailNotSent(Exception):
    """
    A letter did not go; `MailRefused` and `MailDelayed` say whether another attempt makes sense.

    Args:
        cause: what happened, with the recipient or the server.
        answer: the server's code and words, empty when it was not reached.

    """

    def __init__(self, cause: str, answer: str = "") -> None:
        super().__init__(f"{cause}: {answer}" if answer else cause)
        self.cause = cause
        self.answer = answer


class MailRefused(MailNotSent):
    """For good: the address or the letter was refused; somebody must correct it."""


class MailDelayed(MailNotSent):
    """For now: the server is down, busy or wrongly set up; the same letter may go later."""


@dataclass(frozen=True, slots=True)
class MailServer:
    """
    Where letters are handed over.

    Args:
        host, port: the server.
        security: `starttls` (never falls back to plain), `tls` from the first byte, or `plain`.
        username, password: signs in when a name is given.
        timeout_s: for every answer of the server.
        authority_file: PEM file of a private certificate authority; empty trusts the system's.

    """

    host: str
    port: int
    security: Security = "starttls"
    username: str = ""
    password: str = field(default="", repr=False)
    timeout_s: int = 20
    authority_file: str = ""

    @classmethod
    def from_url(cls, url: str) -> MailServer:
        """
        Read `smtp://` (STARTTLS, or what `?security=` says) or `smtps://`; name and password are percent-encoded.

        >>> MailServer.from_url("smtp://localhost:1025?security=plain")
        MailServer(host='localhost', port=1025, security='plain', username='', timeout_s=20, authority_file='')
        """
        parts = urlsplit(url)
        options = {key: values[-1] for key, values in parse_qs(parts.query).items()}
        security = _SECURITIES.get(options.pop("security", _SCHEMES.get(parts.scheme, "")))
        timeout, authority = options.pop("timeout_s", "20"), options.pop("authority_file", "")
        known = parts.scheme in _SCHEMES and parts.hostname and not options and timeout.isdecimal() and int(timeout)
        if not known or not parts.hostname or not security:
            raise MailServerNotUnderstood(
                f"{parts.scheme}://{parts.hostname or ''}… is no mail server; write smtp://user:password@host:587 "
                "or smtps://host, with ?security=plain|starttls|tls, timeout_s and authority_file where needed"
            )
        return cls(
            host=parts.hostname,
            port=parts.port or DEFAULT_PORTS[security],
            security=security,
            username=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            timeout_s=int(timeout),
            authority_file=authority,
        )


@dataclass(frozen=True, slots=True)
class Attachment:
    """One file of a letter; `media_type` like `application/pdf`."""

    filename: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Sender:
    """Who writes: a name to show and an ASCII address."""

    name: str
    address: str

    @property
    def domain(self) -> str:
        """What stands behind the at sign."""
        return self.address.rpartition("@")[2]


@dataclass(frozen=True, slots=True)
class Letter:
    """
    One notice to one recipient.

    Args:
        notice_id: decides the Message-ID, so that a repeat is recognised by every mailbox.
        recipient: one address.
        subject, body: plain text in `language`.

    """

    notice_id: UUID
    recipient: str
    subject: str
    body: str
    language: Language
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class MailProof:
    """
    That a server took a letter over.

    Args:
        message_id: the letter's Message-ID.
        recipient: as the server was told.
        server: host and port.
        answer: the server's code and words to the whole message.
        digest: SHA-256 of the message's bytes, hexadecimal.
        sent_at: the instant the caller passed in.

    """

    message_id: str
    recipient: str
    server: str
    answer: str
    digest: str
    sent_at: datetime


def message_id(notice_id: UUID, sender: Sender) -> str:
    """The Message-ID of a notice (RFC 5322), the same at every attempt."""
    return f"<{notice_id}@{sender.domain}>"


def _address(recipient: str) -> str:
    """One address in ASCII, its domain in IDNA where needed."""
    name, at, domain = recipient.strip().rpartition("@")
    try:
        written = f"{name}@{domain.encode('idna').decode()}"
        Address(addr_spec=written)
    except (ValueError, IndexError, MessageError) as wrong:
        raise MailRefused(f"{recipient!r} is no e-mail address") from wrong
    if not at or not name.isascii():
        raise MailRefused(f"{recipient!r} is no e-mail address that every server can carry")
    return written


def message_of(letter: Letter, sender: Sender, now: datetime) -> bytes:
    """
    The whole message (RFC 5322 and MIME) with CRLF; equal arguments give equal bytes.

    Raises:
        MailRefused: an address or a header cannot be written.

    """
    message = EmailMessage(policy=SMTP)
    try:
        message["Subject"] = letter.subject
        message["From"] = Address(display_name=sender.name, addr_spec=sender.address)
        message["To"] = _address(letter.recipient)
        message["Date"] = format_datetime(now)
        message["Message-ID"] = message_id(letter.notice_id, sender)
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(letter.body, cte="quoted-printable")
        message["Content-Language"] = letter.language
        for attachment in letter.attachments:
            kind, _, subtype = attachment.media_type.partition("/")
            message.add_attachment(attachment.content, maintype=kind, subtype=subtype, filename=attachment.filename)
    except (ValueError, MessageError) as wrong:
        raise MailRefused(f"the letter {letter.notice_id} cannot be written ({wrong})") from wrong
    if letter.attachments:
        message.set_boundary(f"=_{letter.notice_id.hex}")
    return message.as_bytes()


def _expect(answer: tuple[int, bytes], cause: str) -> str:
    """The server's words when it agrees; else the fitting exception."""
    code, words = answer
    told = f"{code} {' '.join(words.decode(errors='replace').split())}"
    if code in _ACCEPTED:
        return told
    if code in _TEMPORARY or code < 0:
        raise MailDelayed(cause, told)
    raise MailRefused(cause, told)


class Connection:
    """An open, signed-in connection; made by `Mailer.connected`."""

    def __init__(self, smtp: smtplib.SMTP, server: MailServer, sender: Sender) -> None:
        self._smtp = smtp
        self._server = server
        self._sender = sender

    def send(self, letter: Letter, *, now: datetime) -> MailProof:
        """
        Hand one letter over; a refused one leaves the connection fit for the next.

        Raises:
            MailRefused: the server will never take it (5xx), or it cannot be written.
            MailDelayed: the server cannot take it now (4xx), or was lost.

        """
        written = message_of(letter, self._sender, now)
        recipient = _address(letter.recipient)
        try:
            answer = self._transaction(written, recipient)
        except (OSError, smtplib.SMTPException) as lost:
            raise MailDelayed(f"{self._server.host}:{self._server.port} was lost ({lost})") from lost
        return MailProof(
            message_id=message_id(letter.notice_id, self._sender),
            recipient=recipient,
            server=f"{self._server.host}:{self._server.port}",
            answer=answer,
            digest=hashlib.sha256(written).hexdigest(),
            sent_at=now,
        )

    def _transaction(self, written: bytes, recipient: str) -> str:
        try:
            _expect(self._smtp.mail(self._sender.address), f"the sender {self._sender.address} was not accepted")
            _expect(self._smtp.rcpt(recipient), f"the recipient {recipient} was not accepted")
            return _expect(self._data(written), f"the letter to {recipient} was not accepted")
        except MailNotSent as refused:
            if not refused.answer.startswith(str(_GONE)):
                self._smtp.rset()
            raise

    def _data(self, written: bytes) -> tuple[int, bytes]:
        try:
            return self._smtp.data(written)
        except smtplib.SMTPDataError as refused:
            error = refused.smtp_error
            return refused.smtp_code, error if isinstance(error, bytes) else error.encode()


class Mailer:
    """
    Sends letters through one server in one sender's name.

    Args:
        server: where to; its settings come from whoever starts the program.
        sender: whose name and address the letters carry.

    """

    def __init__(self, server: MailServer, sender: Sender) -> None:
        self._server = server
        self._sender = sender

    def send(self, letter: Letter, *, now: datetime) -> MailProof:
        """One letter on a connection of its own; see `Connection.send` for what it raises."""
        with self.connected() as connection:
            return connection.send(letter, now=now)

    @contextmanager
    def connected(self) -> Iterator[Connection]:
        """
        A connection for many letters.

        Raises:
            MailDelayed: the server is not there, offers no encryption although asked for, or refuses the sign-in.

        """
        server = self._server
        try:
            smtp = self._open()
        except (OSError, smtplib.SMTPException) as failed:
            raise MailDelayed(f"{server.host}:{server.port} was not reached ({failed})") from failed
        try:
            yield Connection(smtp, server, self._sender)
        finally:
            try:
                smtp.quit()
            except (OSError, smtplib.SMTPException):
                smtp.close()

    def _open(self) -> smtplib.SMTP:
        server = self._server
        trust = ssl.create_default_context(cafile=server.authority_file or None)
        if server.security == "tls":
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=server.timeout_s, context=trust)
        else:
            smtp = smtplib.SMTP(server.host, server.port, timeout=server.timeout_s)
        try:
            smtp.ehlo_or_helo_if_needed()
            if server.security == "starttls":
                smtp.starttls(context=trust)
            if server.username:
                self._sign_in(smtp)
        except (OSError, smtplib.SMTPException):
            smtp.close()
            raise
        return smtp

    def _sign_in(self, smtp: smtplib.SMTP) -> None:
        name, password = self._server.username, self._server.password
        if name.isascii() and password.isascii():
            smtp.login(name, password)
            return
        # The library writes credentials in ASCII only; PLAIN takes UTF-8 (RFC 4616).
        smtp.ehlo_or_helo_if_needed()
        code, words = smtp.docmd("AUTH", "PLAIN " + b64encode(f"\0{name}\0{password}".encode()).decode())
        if code not in _ACCEPTED:
            raise smtplib.SMTPAuthenticationError(code, words)
