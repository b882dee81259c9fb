"""What a walk has to tell the customer: 80 and 100 % of the volume, data interrupted, the roaming limit reached."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from spojka.access.operations.context import Context
from spojka.charging.rating.entitlements import Holding
from spojka.charging.rating.running import RatedPeriod
from spojka.charging.rating.terms import After, MarkCode
from spojka.kernel.money import Money
from spojka.kernel.time import Period
from spojka.terms.wording import fill
from spojka.trade.notices.store import NewNotice, tell


@dataclass(frozen=True, slots=True)
class Note:
    """One thing to tell; `key` recognises it when the period is walked again."""

    service: str
    kind: str
    subject: tuple[str, str]
    body: tuple[str, str]
    clauses: tuple[str, ...]
    key: str


def raise_notes(ctx: Context, period: Period, rated: RatedPeriod) -> int:
    """Put the walk's notices into the outbox, each once; returns how many were found."""
    found = list(notes_of(rated, period))
    tell(ctx, [_notice(note) for note in found])
    return len(found)


def _notice(note: Note) -> NewNotice:
    return NewNotice(
        service=UUID(note.service),
        kind=note.kind,
        channels=("sms", "portal"),
        subject={"cs": note.subject[0], "en": note.subject[1]},
        body={"cs": note.body[0], "en": note.body[1]},
        clauses=note.clauses,
        key=note.key,
    )


def notes_of(rated: RatedPeriod, period: Period) -> Iterator[Note]:
    """The notices of a walk, in the order of time."""
    services = rated.frame["service_id"]
    for event, code, a, b, c in rated.marks.tolist():
        if event < 0:
            continue
        service = services[event]
        holding = rated.holdings.get(service)
        if holding is None:
            continue
        if code == MarkCode.VOLUME_THRESHOLD:
            yield _threshold(holding, period, pct=a, used=b, total=c)
        elif code == MarkCode.VOLUME_EXHAUSTED:
            yield _exhausted(holding, period, throttled=a == After.THROTTLE, total=c)
        elif code == MarkCode.LIMIT_REACHED:
            yield _limit(holding, period, event_at=str(rated.frame["at"][event]), counted=b)


def _mb(count: int) -> int:
    return count // (1024 * 1024)


def _threshold(holding: Holding, period: Period, *, pct: int, used: int, total: int) -> Note:
    plan = holding.tariffs[-1][1]
    return Note(
        holding.service,
        f"volume_{pct}",
        (f"Data: vyčerpáno {pct} %", f"Data: {pct} % used"),
        (
            f"Z datového objemu {_mb(total)} MB jste vyčerpali {pct} % ({_mb(used)} MB).",
            f"You have used {pct} % ({_mb(used)} MB) of your data volume of {_mb(total)} MB.",
        ),
        (plan.terms.data_notice_thresholds_pct.ref.id,),
        f"volume:{holding.service}:{period}:{pct}:{total}",
    )


def _exhausted(holding: Holding, period: Period, *, throttled: bool, total: int) -> Note:
    plan = holding.tariffs[-1][1]
    cs = "zpomalena" if throttled else "přerušena"
    en = "slowed down" if throttled else "interrupted"
    return Note(
        holding.service,
        "volume_exhausted",
        (f"Data jsou {cs}", f"Data are {en}"),
        (
            f"Objem {_mb(total)} MB je vyčerpán, data jsou do konce období {cs}. Další objem lze dokoupit.",
            f"The volume of {_mb(total)} MB is used up; data are {en} until the period ends. More can be bought.",
        ),
        (plan.terms.bucket_order.ref.id, plan.terms.domestic_after_limit.ref.id),
        f"exhausted:{holding.service}:{period}:{total}",
    )


def _limit(holding: Holding, period: Period, *, event_at: str, counted: int) -> Note:
    limit = holding.tariffs[-1][1].terms.roaming_data_limit_czk_incl_vat
    figures = {"spent": Money(counted), "limit": limit.value}
    return Note(
        holding.service,
        "roaming_limit",
        ("Roamingový datový limit", "Roaming data limit"),
        (
            fill(
                "Data v roamingu za {spent} dosáhla limitu {limit}; jsou přerušena. Limit lze vypnout.", figures, "cs"
            ),
            fill(
                "Roaming data for {spent} reached the limit of {limit}; they stop. It can be switched off.",
                figures,
                "en",
            ),
        ),
        (limit.ref.id,),
        f"roaming-limit:{holding.service}:{period}:{event_at}",
    )
