"""Submissions of many programs decided and written in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from typing import Final

from spojka.access.database.lines import Later
from spojka.access.operations.context import Context
from spojka.kernel.ids import ServiceId, uuid7_at
from spojka.kernel.money import Money
from spojka.kernel.refusals import Refusal
from spojka.kernel.time import Period
from spojka.network.messaging.applications.card import Card
from spojka.network.messaging.applications.cards import CardIndex
from spojka.network.messaging.consents.store import standing
from spojka.network.messaging.messages import store
from spojka.network.messaging.messages.records import REPLACED, Kind, Message, Queued
from spojka.network.messaging.prices.lists import PriceList
from spojka.network.messaging.recipients import normalise_recipient
from spojka.network.messaging.submission.lengths import QueueLengths
from spojka.network.messaging.submission.networks import NetworkTerms, networks_of
from spojka.network.messaging.submission.requests import Accepted, Known, Room, Submission, Taken
from spojka.network.messaging.submission.rules import decide
from spojka.network.messaging.submission.shaping import Shaped, shaped
from spojka.network.messaging.submission.terms import SubmissionTerms
from spojka.trade.publications.shelf import shelf_of

TERMS_KNOWN_NS: Final = 1_000_000_000
FULL: Final = frozenset({"QUEUE_FULL", "WOULD_EXPIRE"})
"""Refused for what waits."""

Key = tuple[ServiceId, str]
Counters = dict[ServiceId, tuple[store.CounterKey, store.CounterKey]]
"""Of each application its day's counter and its month's."""


@dataclass
class Memory:
    """
    What one process remembers between batches; each part says how long it holds.

    Args:
        cards: applications.
        lengths: how much waits in their queues.
        terms: what binds today, and when it was read.
        prices: of the same day.

    """

    cards: CardIndex = field(default_factory=CardIndex)
    lengths: QueueLengths = field(default_factory=QueueLengths)
    terms: tuple[SubmissionTerms, NetworkTerms] | None = None
    terms_on: date | None = None
    terms_read_ns: int = 0
    prices: PriceList | None = None

    def terms_of(self, ctx: Context, now_ns: int) -> tuple[SubmissionTerms, NetworkTerms]:
        """The terms in force, at most a second old."""
        if self.terms is None or self.terms_on != ctx.today or now_ns - self.terms_read_ns >= TERMS_KNOWN_NS:
            shelf = shelf_of(ctx)
            self.terms = shelf.sheet(SubmissionTerms, ctx.today), shelf.sheet(NetworkTerms, ctx.today)
            self.terms_on, self.terms_read_ns = ctx.today, now_ns
            if self.prices is None or not self.prices.holds(shelf, ctx.today):
                self.prices = PriceList(shelf, ctx.today)
        return self.terms


Answered = Accepted | Refusal


class Batch:
    """
    One batch; `run` decides and writes it, `keep` once its transaction is committed, `drop` when it came to nothing.

    Args:
        ctx: the call; it holds the counters of limits (`held`) until it ends.
        memory: what the process remembers.
        now_ns: the process's own clock.

    """

    def __init__(self, ctx: Context, memory: Memory, *, now_ns: int) -> None:
        self._ctx, self._memory, self._now_ns = ctx, memory, now_ns
        self._told: dict[ServiceId, Queued] = {}
        self._rooms: dict[ServiceId, Room] = {}
        self.messages: list[Message] = []
        self.held: list[store.CounterKey] = []

    def run(self, asked: Sequence[Submission]) -> list[Answered]:
        """
        Decide submissions in their order and write those that are accepted; one answer each.

        Everything is asked at once, and what is written waits for the end of the transaction (`lines`), which raises
        `psycopg.errors.UniqueViolation` when somebody else used the same reference meanwhile.
        """
        ctx, memory = self._ctx, self._memory
        terms, network_terms = memory.terms_of(ctx, self._now_ns)
        cards = memory.cards.fresh(ctx, {one.application for one in asked}, self._now_ns)
        self._told = memory.lengths.of(ctx, list(cards), self._now_ns, most=terms.default_queue_parts_max.value)
        said = store.known_keys(ctx, [(one.application, one.reference) for one in asked if one.reference])
        look_up = self._look_up(asked, cards, terms, network_terms)
        counters = _counters_of(cards, ctx.today)
        used = store.lock_counters(ctx, [key for pair in counters.values() for key in pair])
        ready = [shaped(one) for one in asked]
        earlier: dict[Key, tuple[bytes, Answered]] = {
            key: (bytes.fromhex(row["answer"]["digest"]), Accepted.again(row["answer"])) for key, row in said().items()
        }
        known = look_up()
        self._open_rooms(counters, used())
        answers: list[Answered] = []
        kept: list[tuple[ServiceId, str, Accepted, bytes]] = []
        for one, made in zip(asked, ready, strict=True):
            key = (one.application, one.reference) if one.reference else None
            same = b"" if key is None else _identity(one, made, known)
            if key is not None and key in earlier:
                answers.append(_again(one, same, *earlier[key]))
                continue
            answer = self._decide(one, made, cards.get(one.application), known, terms)
            answers.append(answer)
            if key is not None and isinstance(answer, Accepted):
                earlier[key] = (same, answer)
                kept.append((*key, answer, same))
        self._write(counters, kept)
        return answers

    def keep(self) -> None:
        """The transaction is committed: count on what waits."""
        self._memory.lengths.keep(self._told, {one: room.queued for one, room in self._rooms.items()})

    def drop(self) -> None:
        """The transaction came to nothing: nothing that was counted holds."""
        self._memory.lengths.drop(list(self._rooms))

    def _look_up(
        self,
        asked: Sequence[Submission],
        cards: dict[ServiceId, Card],
        terms: SubmissionTerms,
        network_terms: NetworkTerms,
    ) -> Later[Known]:
        """What must be known of the recipients, in one query a question."""
        numbers = {one.to: normalise_recipient(one.to, terms) for one in asked}
        pairs = [
            (cards[one.application].party, number)
            for one in asked
            if one.application in cards and (number := numbers[one.to]) is not None
        ]
        networks = networks_of(self._ctx, {number for number in numbers.values() if number}, network_terms)
        wants = standing(self._ctx, pairs)
        return lambda: Known(networks(), wants(), numbers)

    def _open_rooms(self, counters: Counters, used: Mapping[store.CounterKey, int]) -> None:
        """What the applications of the batch may still submit; their counters are held."""
        self._rooms = {one: Room(used[day], used[month], self._told[one]) for one, (day, month) in counters.items()}
        self.held = [key for pair in counters.values() for key in pair]

    def _decide(
        self, one: Submission, made: Shaped, card: Card | None, known: Known, terms: SubmissionTerms
    ) -> Answered:
        if card is None:
            return Refusal("APPLICATION_UNKNOWN", (), {"application": one.application})
        room, at = self._rooms[one.application], self._ctx.now
        taken = decide(one, made.shape, card=card, room=room, known=known, terms=terms, at=at)
        if isinstance(taken, Refusal):
            if taken.code in FULL:
                self._memory.lengths.doubt(one.application)
            return taken
        message = _message(one, made, taken, self._ctx)
        self.messages.append(message)
        return Accepted(
            message.id,
            taken.shape.parts,
            taken.shape.coding,
            taken.class_,
            taken.sender.number,
            taken.sender.reply_possible,
            taken.place,
            taken.expected_at,
            self._price(taken, one.kind, card.signed_on),
        )

    def _price(self, taken: Taken, kind: Kind, signed_on: date) -> Money | None:
        assert self._memory.prices is not None
        nickname, priority = taken.sender.kind == "nickname", taken.class_ == "priority"
        destination, parts = taken.recipient.destination, taken.shape.parts
        return self._memory.prices.price(
            kind, destination, nickname=nickname, priority=priority, parts=parts, signed_on=signed_on
        )

    def _write(
        self,
        counters: Counters,
        kept: Sequence[tuple[ServiceId, str, Accepted, bytes]],
    ) -> None:
        """Everything that was accepted, what it counts, and the references it is known by."""
        ctx = self._ctx
        changed = {one.application for one in self.messages}
        used: dict[store.CounterKey, int] = {}
        for application in changed:
            (day, month), room = counters[application], self._rooms[application]
            used[day], used[month] = room.day_used, room.month_used
        store.add_messages(ctx, self.messages)
        store.count_used(ctx, used)
        store.keep_keys(
            ctx,
            [
                (application, reference, answer.id, {**answer.stored(), "digest": digest.hex()})
                for application, reference, answer, digest in kept
            ],
        )


def _counters_of(applications: Iterable[ServiceId], today: date) -> Counters:
    month_on = Period.containing(today).starts_on
    return {one: ((one, "day", today), (one, "month", month_on)) for one in applications}


def _identity(one: Submission, made: Shaped, known: Known) -> bytes:
    """What makes a submission under a reference the same again: recipient, words, sender, class; times may differ."""
    recipient = known.numbers.get(one.to) or one.to
    said = f"{one.kind}\0{one.text is None}\0{one.url}\0{recipient}\0{one.sender}\0"
    return sha256(said.encode(errors="surrogatepass") + made.digest + one.header).digest()


def _again(one: Submission, same: bytes, before: bytes, answer: Answered) -> Answered:
    """The answer to a submission that was made before: the same, unless it is another one."""
    if same != before:
        return Refusal("KEY_REUSED", (), {"key": one.reference, "operation": "messages.submit"})
    return Accepted.again(answer.stored()) if isinstance(answer, Accepted) else answer


def _message(one: Submission, made: Shaped, taken: Taken, ctx: Context) -> Message:
    options: dict[str, object] = {}
    if one.report:
        options["report"] = one.report
    if one.flash:
        options["flash"] = True
    if one.not_before:
        options["not_before"] = one.not_before.isoformat()
    if one.header:
        options["header"] = one.header.hex()
    if one.data_coding is not None:
        options["data_coding"] = one.data_coding
    if made.replaced:
        options[REPLACED] = made.replaced
    return Message(
        id=uuid7_at(ctx.now),
        application=one.application,
        kind=one.kind,
        class_=taken.class_,
        purpose=one.purpose,
        recipient=taken.recipient.number,
        sender=taken.sender.number,
        sender_kind=taken.sender.kind,
        network=taken.recipient.network,
        destination=taken.recipient.destination,
        coding=taken.shape.coding,
        parts=taken.shape.parts,
        body=made.body,
        body_hash=made.digest,
        accepted_at=ctx.now,
        reference=one.reference,
        certificate=one.certificate,
        expires_at=one.expires_at,
        not_before=one.not_before,
        options=options,
    )
