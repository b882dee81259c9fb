"""One message's life as a line through time: each step with its figures, and each decision with its clause."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from spojka.journeys.overview.clauses import ClauseWords
from spojka.journeys.overview.messages import ConsentKept, MessageStory
from spojka.network.messaging.messages.queries import EventView
from spojka.network.messaging.messages.records import FINAL
from spojka.network.messaging.text.parts import Uncarried
from spojka.network.messaging.text.previewing import preview
from spojka.surfaces.web.calls import ask
from spojka.surfaces.web.labels import LABELS, label
from spojka.surfaces.web.wording import TONES, instant, language, number, phone

PACE_CLAUSE: Final = {"SMSC": "o2/4.2", "MMSC": "o2/4.3"}
"""Where the pace of a product is set; of all others `o2/4.1`."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One figure of a step: its name, its value in words, and the clauses that decide it."""

    name: str
    value: str
    clauses: tuple[ClauseWords, ...] = ()
    mono: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """
    One step of a life.

    Args:
        at: when; `None` for what is so now.
        title: what happened.
        tone: `good`, `bad`, `warn`, `now`, or nothing.
        facts: its figures.
        says: a sentence beside them.

    """

    at: datetime | None
    title: str
    tone: str = ""
    facts: tuple[Fact, ...] = ()
    says: str = ""


def life_page(
    request: HttpRequest, application: UUID, message: UUID, template: str, shown: dict[str, object]
) -> HttpResponse:
    """
    One message with its life; while it is not over, the page asks for its life again and only that is sent.

    Nothing is sent while nothing has happened since `seen`: whoever reads or walks by keys stays where they are.
    """
    story: MessageStory = ask(request, "messages.story", {"application": application, "message": message})
    seen = f"{len(story.life.events)}-{story.life.waits:d}{story.life.claimed:d}"
    if request.GET.get("seen") == seen:
        return HttpResponse(status=204)
    page = "web/message_steps.html" if "HX-Request" in request.headers else template
    given = {"story": story, "message": story.life.message, "steps": steps_of(story), "going": is_going(story)} | {
        "seen": seen
    }
    return render(request, page, {**shown, **given})


def is_going(story: MessageStory) -> bool:
    """Whether something may still happen to a message: any part of it has not come to an end."""
    ended = {one.part for one in story.life.events if one.kind in FINAL}
    whole = any(one.kind in {"cancelled", "expired"} for one in story.life.events)
    return not whole and len(ended) < story.life.message.parts


def steps_of(story: MessageStory) -> list[Step]:
    """The steps of a message's life, in their order."""
    steps = [_accepted(story), *(_happened(story, run) for run in _runs(story.life.events))]
    return [*steps, *_now(story)]


def _accepted(story: MessageStory) -> Step:
    life, message = story.life, story.life.message
    clauses = _Clauses(story.clauses)
    facts = [
        Fact(_("Recipient"), f"{phone(message.recipient)}, {_network(story)}", clauses.of("o2/3.1")),
        Fact(_("Sender"), _sender(story), clauses.of("o2/3.1", *(["o2/2.5"] * (life.sender_kind == "nickname")))),
        Fact(_("Parts"), _parts(story), clauses.of("o2/1.4")),
        Fact(_("Class"), label("message_class", message.class_), clauses.of("o2/2.2", "o2/5.1-d")),
        Fact(_("Purpose"), label("purpose", life.purpose), clauses.of("o2/8.1")),
        Fact(_("Consent"), _consent(story.consent), clauses.of("o2/8.1")),
        Fact(_("Limits"), _limits(story), clauses.of("o2/3.3")),
        Fact(_("Pace"), _pace(story), clauses.of(PACE_CLAUSE.get(story.product, "o2/4.1"))),
    ]
    if message.reference:
        facts.append(Fact(_("Program's reference"), message.reference, clauses.of("o2/3.1"), mono=True))
    came = _("by hand, without a certificate") if life.certificate is None else _short(life.certificate)
    facts.append(Fact(_("Certificate"), came, clauses.of("o2/6.3"), mono=life.certificate is not None))
    facts.append(Fact(_("Digest of the words"), _short(life.body_sha256), clauses.of("o2/7.1"), mono=True))
    return Step(message.accepted_at, _("Accepted"), "good", tuple(facts))


def _network(story: MessageStory) -> str:
    network, kind = story.life.message.network, label("destination", story.life.destination)
    return kind if network in {"other_cz", "foreign"} else f"{network} ({kind})"


def _sender(story: MessageStory) -> str:
    life, sender = story.life, story.life.message.sender
    kind = label("sender_kind", life.sender_kind)
    if life.sender_kind == "nickname":
        return _("%(sender)s (%(kind)s); nobody can answer it") % {"sender": sender, "kind": kind}
    if life.sender_kind == "msisdn":
        shown = {"sender": phone(sender), "kind": kind}
        return _("%(sender)s (%(kind)s); an answer comes from every network") % shown
    if life.destination == "own":
        return _("%(sender)s (%(kind)s); this recipient can answer it") % {"sender": sender, "kind": kind}
    shown = {"sender": sender, "kind": kind}
    if life.destination == "other_cz":
        return _("%(sender)s (%(kind)s); the recipient may see another sender and cannot answer it") % shown
    return _("%(sender)s (%(kind)s); this recipient cannot answer it") % shown


def _parts(story: MessageStory) -> str:
    life = story.life
    if life.text is not None and life.message.parts:
        seen = preview(life.text, wish="ucs2" if life.coding == "ucs2" else "auto")
        natural = preview(life.text)
        if not isinstance(natural, Uncarried) and (natural.coding, natural.parts) == (life.coding, life.message.parts):
            return natural.explain(language())
        if not isinstance(seen, Uncarried) and (seen.coding, seen.parts) == (life.coding, life.message.parts):
            return seen.explain(language())
    count = ngettext("%(n)s part", "%(n)s parts", life.message.parts) % {"n": number(life.message.parts)}
    return f"{count}, {label('coding', life.coding)}"


def _consent(kept: ConsentKept | None) -> str:
    if kept is None:
        return _("Nothing is known of it.")
    if kept.own_number:
        return _("A number of the subscriber's own needs none.")
    if kept.withdrawn_at is not None:
        return _("Withdrawn since %(at)s.") % {"at": instant(kept.withdrawn_at)}
    if kept.said is not None:
        shown = {"scope": label("consent_scope", kept.said.scope), "at": instant(kept.said.at)}
        return _("On record since %(at)s: %(scope)s.") % shown
    if kept.enforced:
        return _("None is on record.")
    return _("None is on record; the subscriber vouches for it.")


def _limits(story: MessageStory) -> str:
    room, before = story.room, number(story.room.day_before)
    shown = {"before": before, "day": number(room.day_limit), "month": number(room.month_limit)}
    if not room.counted:
        return _("%(day)s a day, at least %(before)s before it; %(month)s a month") % shown
    return _("%(day)s a day, %(before)s before it; %(month)s a month") % shown


def _pace(story: MessageStory) -> str:
    rate = story.room.rate_per_s
    whole = number(rate.numerator) if rate.denominator == 1 else f"{rate.numerator}/{rate.denominator}"
    return _("%(rate)s SMS a second") % {"rate": whole}


def _runs(events: Sequence[EventView]) -> Iterable[list[EventView]]:
    """Events that are one step: the same thing at the same second on the same way, part by part."""

    def same(one: EventView) -> tuple[Any, ...]:
        return one.at.replace(microsecond=0), one.kind, one.link, repr(one.detail)

    for _key, run in groupby(events, key=same):
        yield list(run)


def _happened(story: MessageStory, run: Sequence[EventView]) -> Step:
    first, parts = run[0], [one.part for one in run]
    clauses, total = _Clauses(story.clauses), story.life.message.parts
    facts: list[Fact] = []
    if total > 1 and first.kind != "cancelled":
        named = f"{parts[0]}–{parts[-1]}" if len(parts) > 1 else str(parts[0])
        facts.append(Fact(_("Parts"), _("%(parts)s of %(total)s") % {"parts": named, "total": total}))
    if first.link:
        facts.append(Fact(_("Way"), first.link, clauses.of("o2/3.1") if first.kind == "sent" else ()))
    ids = [one.remote_id for one in run if one.remote_id]
    if ids and first.kind in {"sent", "uncertain"}:
        facts.append(Fact(_("The network calls it"), ", ".join(ids), mono=True))
    facts += _reasons(first, clauses)
    says = ""
    if first.kind == "uncertain":
        says = _("The session ended before an answer came. It is not sent again, so that nobody gets it twice.")
    return Step(first.at, label("message_event", first.kind), TONES.get(first.kind, ""), tuple(facts), says)


def _noticed(reason: str) -> Fact:
    """Why nobody knows whether a message was taken; what a centre wrote itself stands as it wrote it."""
    what = reason.partition(":")[0]
    known = what in LABELS["noticed"]
    return Fact(_("What was noticed"), label("noticed", what) if known else reason, mono=not known)


def _reasons(event: EventView, clauses: _Clauses) -> list[Fact]:
    """Why, as the other side or a rule of ours said it."""
    detail, facts = event.detail, []
    code = str(detail.get("code") or "")
    if detail.get("clauses") is not None:
        facts.append(Fact(_("Reason"), label("failure", code), clauses.of(*detail["clauses"])))
    elif code:
        facts.append(Fact(_("Reason"), label("failure", code)))
    if detail.get("status"):
        facts.append(Fact(_("Answer of the network"), str(detail["status"]), mono=True))
    if detail.get("state") and event.kind not in {"delivered", "enroute"}:
        facts.append(Fact(_("Receipt"), label("failure", str(detail["state"]))))
    if detail.get("error"):
        facts.append(Fact(_("Error of the network"), str(detail["error"]), mono=True))
    if detail.get("roaming"):
        said = _("abroad, in the network %(network)s; delivery is not guaranteed there")
        facts.append(Fact(_("Recipient"), said % {"network": detail["network"]}, clauses.of("o2/4.4")))
    if detail.get("by"):
        facts.append(Fact(_("By whom"), str(detail["by"])))
    if event.kind == "uncertain" and detail.get("reason"):
        facts.append(_noticed(str(detail["reason"])))
    return facts


def _now(story: MessageStory) -> list[Step]:
    """What it waits for, where it waits."""
    life, clauses = story.life, _Clauses(story.clauses)
    if life.waits:
        facts = [Fact(_("Pace"), _pace(story), clauses.of(PACE_CLAUSE.get(story.product, "o2/4.1")))]
        if life.expires_at is not None:
            facts.append(Fact(_("Worth sending until"), instant(life.expires_at)))
        return [Step(None, _("Waits in the queue"), "now", tuple(facts))]
    if life.claimed and life.message.status == "accepted":
        return [Step(None, _("A sender has it in hand"), "now")]
    if is_going(story) and life.message.status == "dispatched":
        waits = Fact(_("Awaited"), _("a delivery report"), clauses.of("o2/3.1"))
        return [Step(None, _("Waits for the network's report"), "now", (waits,))]
    return []


def _short(digest: str) -> str:
    return f"{digest[:16]}…"


@dataclass(frozen=True, slots=True)
class _Clauses:
    """Clauses by id; one that no edition had is left out."""

    known: dict[str, ClauseWords]

    def of(self, *ids: str) -> tuple[ClauseWords, ...]:
        """Those of them that there are."""
        return tuple(self.known[one] for one in ids if one in self.known)
