"""What programs of the established dialect ask, whether in addresses or in SOAP: send, receive, confirm, ping."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal
from uuid import UUID, uuid5

from spojka.access.database.connections import Row
from spojka.access.operations.context import Context
from spojka.kernel.refusals import Refusal
from spojka.network.messaging.messages.lives import Life, ends_message, lives_of
from spojka.network.messaging.messages.records import Class, Purpose
from spojka.network.messaging.submission.requests import AUTO, Accepted, Submission
from spojka.network.messaging.text.parts import Uncarried
from spojka.network.messaging.text.previewing import preview
from spojka.surfaces.gateway.connector.bounds import LONGEST_TEXT
from spojka.surfaces.gateway.connector.exchange import Asked, malformed
from spojka.surfaces.gateway.connector.fetching import settle, wait_for
from spojka.surfaces.gateway.connector.fields import FARTHEST_S, LONGEST_REFERENCE
from spojka.surfaces.gateway.connector.services import Services
from spojka.terms.refusals import explain_refusal

PING_OK: Final = "ISUC_000"
SENT: Final = "ISUC_001"
CONFIRMED: Final = "ISUC_002"
ON_ITS_WAY: Final = "ISUC_010"
OUTCOMES: Final = {"delivered": "ISUC_005", "dispatched": ON_ITS_WAY, "sent": ON_ITS_WAY, "enroute": ON_ITS_WAY}
"""Codes of reports by what became of a message; any other outcome is told by its own name."""
_NAMES: Final = UUID("6b1f6f7e-6c1b-5ad5-9d0e-1d2f4f5d9a10")

Type = Literal["SUCCESS", "FORMAT_ERROR", "AUTHORIZATION_ERROR", "APPL_ERROR", "INTERNAL_ERROR"]
_FORMAT: Final = {"REQUEST_MALFORMED", "RECIPIENT_INVALID", "BODY_TOO_LARGE", "MESSAGE_TOO_LONG", "ENCODING_ERROR"}


@dataclass(frozen=True, slots=True)
class Said:
    """
    A response as both dialects carry it.

    Args:
        type: its class.
        code: `ISUC_…`, or the code of a refusal.
        description: in words.
        ba_id: the application's number, where it is known.
        ref_msg_id: the message it is about.
        at: when it was made.
        refusal: why it was refused, where it was.

    """

    type: Type
    code: str
    description: str
    at: datetime
    ba_id: str = ""
    ref_msg_id: str = ""
    refusal: Refusal | None = None

    @property
    def msg_id(self) -> str:
        """The id of this response: made of what it says."""
        return str(uuid5(_NAMES, f"{self.at.isoformat()} {self.code} {self.ba_id} {self.ref_msg_id}"))


@dataclass(frozen=True, slots=True)
class Program:
    """Who speaks: its request with its pin, and the number it is known by."""

    asked: Asked
    ba_id: str


@dataclass(frozen=True, slots=True)
class Wished:
    """
    A message as the established dialect asks for it; times in seconds, numbers as written.

    `one_part` forbids a text longer than one SMS; `priority` is a hint that only the address can fulfil; `purpose` is
    our addition to the dialect (o2/8.1).
    """

    to: str
    text: str | None = None
    data: bytes | None = None
    header: bytes = b""
    mms: bool = False
    sender: str = ""
    msg_id: str = ""
    report: bool = False
    flash: bool = False
    one_part: bool = False
    validity_s: int = 0
    starts_at: datetime | None = None
    priority: str = ""
    purpose: Purpose = "commercial"


async def enter(services: Services, asked: Asked, ba_id: str) -> Program | Refusal:
    """Judge a request by its certificate and the application's number it names; without one the certificate's own."""
    numbers = await services.directory.of_number(ba_id) if ba_id else None
    said = numbers.application if numbers is not None else (UUID(int=0) if ba_id else None)
    pin = services.gatekeeper.judge(asked.fingerprint, now=asked.now, application=said)
    if isinstance(pin, Refusal):
        return pin
    own = numbers or await services.directory.of_application(pin.application)
    asked.pin = pin
    return Program(asked, own.app_number if own is not None else ba_id)


def refusing(refusal: Refusal, asked: Asked, *, ba_id: str = "", ref: str = "") -> Said:
    """A refusal as a response."""
    code = asked.refused_as = refusal.code
    kind: Type = "APPL_ERROR"
    if code.startswith("CERT_"):
        kind = "AUTHORIZATION_ERROR"
    elif code in _FORMAT:
        kind = "FORMAT_ERROR"
    elif code in {"FAULT", "TRY_AGAIN"}:
        kind = "INTERNAL_ERROR"
    return Said(kind, code, explain_refusal(refusal, asked.language), asked.now, ba_id, ref, refusal)


def ping(program: Program) -> Said:
    """Somebody is there."""
    return Said("SUCCESS", PING_OK, "OK", program.asked.now, program.ba_id)


async def send(services: Services, program: Program, wished: Wished, url: Class) -> Said:
    """Submit one message; what was sent before under the same `msgID` is answered the same and not sent again."""
    asked = program.asked
    made = _submission(program, wished, url)
    if isinstance(made, Refusal):
        return refusing(made, asked, ba_id=program.ba_id, ref=wished.msg_id)
    (answer,) = await services.desk.submit([made])
    if isinstance(answer, Refusal):
        return refusing(answer, asked, ba_id=program.ba_id, ref=wished.msg_id)
    ref = wished.msg_id or str(answer.id)
    return Said("SUCCESS", SENT, _accepted(answer, wished, url, asked), asked.now, program.ba_id, ref)


def _accepted(answer: Accepted, wished: Wished, url: Class, asked: Asked) -> str:
    english = asked.language == "en"
    size = f"{answer.parts} {'MMS' if wished.mms else 'SMS'}, {answer.coding}"
    said = [f"accepted, {size}" if english else f"přijato, {size}"]
    if answer.repeated:
        said.append("accepted before" if english else "přijato už dříve")
    if wished.priority and wished.priority != "3" and url == "standard":
        said.append(
            f"priority={wished.priority} needs /priority/…; sent as standard"
            if english
            else f"priority={wished.priority} patří na adresu /priority/…; odešle se jako běžná"
        )
    return "; ".join(said)


def _submission(program: Program, wished: Wished, url: Class) -> Submission | Refusal:
    asked = program.asked
    assert asked.pin is not None
    if not 0 <= wished.validity_s <= FARTHEST_S:
        return malformed("validityPeriod", f"not from 0 to {FARTHEST_S} seconds")
    if len(wished.msg_id) > LONGEST_REFERENCE or not wished.msg_id.isprintable():
        return malformed("msgID", "too long, or holds characters that do not print")
    if wished.text is not None and len(wished.text) > LONGEST_TEXT:
        return malformed("text", f"longer than {LONGEST_TEXT} characters")
    if wished.one_part and wished.text is not None:
        shown = preview(wished.text)
        if not isinstance(shown, Uncarried) and shown.parts > 1:
            figures = {"size": shown.parts, "most": 1, "unit": "SMS"}
            return Refusal("MESSAGE_TOO_LONG", ("o2/7.1",), figures)
    starts_at = wished.starts_at if wished.starts_at is not None and wished.starts_at > asked.now else None
    expires_at = (starts_at or asked.now) + timedelta(seconds=wished.validity_s) if wished.validity_s else None
    return Submission(
        asked.pin.application,
        wished.to,
        None if wished.mms or wished.data is not None else wished.text or "",
        data=wished.data,
        kind="mms" if wished.mms else "sms",
        sender=wished.sender or AUTO,
        url=url,
        purpose=wished.purpose,
        reference=wished.msg_id or None,
        report=wished.report,
        flash=wished.flash,
        header=wished.header,
        not_before=starts_at,
        expires_at=expires_at,
        certificate=asked.fingerprint,
    )


@dataclass(frozen=True, slots=True)
class Item:
    """An item of the inbox: as stored; for a report the id that the program knows the message by, and its life."""

    row: Row
    ref_msg_id: str = ""
    life: Life | None = None

    @property
    def id(self) -> str:
        """What confirms it."""
        return str(self.row["id"])

    @property
    def text(self) -> str:
        """The words of a message; empty where it has none."""
        return str(self.row["content"].get("text", ""))

    @property
    def octets(self) -> bytes:
        """The octets of a binary message."""
        return bytes.fromhex(self.row["content"].get("octets", ""))

    @property
    def outcome(self) -> str:
        """
        What a report says: `ISUC_005` for delivered, `ISUC_010` for on its way, else the outcome in capitals.

        A long message has one end, told with the last of its parts to end; the others say that it is on its way.
        """
        content = self.row["content"]
        if self.life is None or content.get("parts", 1) <= 1:
            return OUTCOMES.get(self.state, self.state.upper())
        if not ends_message(self.life, content):
            return ON_ITS_WAY
        return OUTCOMES.get(self.life.status, self.life.status.upper())

    @property
    def state(self) -> str:
        """What became of the message that a report is on, in one word."""
        return str(self.row["content"].get("state", "unknown"))

    @property
    def said(self) -> str:
        """A report in words; one on a part of a long message names the part."""
        content = self.row["content"]
        parts = content.get("parts", 1)
        return f"{self.state} {content['part']}/{parts}" if parts > 1 else self.state


async def receive(services: Services, program: Program, *, most: int = 1, wait_s: int = 0) -> list[Item] | Refusal:
    """The oldest items that are not confirmed: messages and reports in one line, one unless more are asked for."""
    found = await wait_for(services, program.asked, kinds=None, limit=most, wait_s=wait_s)
    if isinstance(found, Refusal):
        return found
    of_reports = [row["message_id"] for row in found if row["message_id"] is not None]
    lives = await services.reader.do(lambda ctx: _lives(ctx, of_reports)) if of_reports else {}
    return [Item(row, _known_as(lives.get(row["message_id"])), lives.get(row["message_id"])) for row in found]


def _lives(ctx: Context, messages: Sequence[UUID]) -> dict[UUID | None, Life]:
    return {life.row["id"]: life for life in lives_of(ctx, None, messages)}


def _known_as(life: Life | None) -> str:
    return "" if life is None else str(life.row["reference"] or life.row["id"])


async def confirm(services: Services, program: Program, ids: Sequence[str]) -> Said:
    """Items are done with: the next ones come. A second time changes nothing."""
    asked, ref = program.asked, ",".join(ids)
    if not ids:
        return refusing(malformed("refMsgID", "missing"), asked, ba_id=program.ba_id)
    wrong = await settle(services, asked, ids)
    if wrong:
        first, refusal = next(iter(wrong.items()))
        return refusing(refusal, asked, ba_id=program.ba_id, ref=first)
    return Said("SUCCESS", CONFIRMED, "OK", asked.now, program.ba_id, ref)
