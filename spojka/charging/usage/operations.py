"""Files taken in whole or not at all; suspended records repaired or dropped."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal
from uuid import UUID

from spojka.access.deadlines.store import set_deadline
from spojka.access.events.store import publish
from spojka.access.operations.context import Context
from spojka.access.operations.registry import operation
from spojka.charging.usage import reasons
from spojka.charging.usage.csv_layout import read_file as read_csv
from spojka.charging.usage.intake import Approval, Taken, take
from spojka.charging.usage.json_layout import read_items
from spojka.charging.usage.records import Batch, FileBroken, identity
from spojka.charging.usage.store import (
    add_file,
    closed_periods,
    file_of_digest,
    is_taken,
    lock_file,
    settle,
    suspense_row,
    void,
)
from spojka.charging.usage.tap3 import read_tap3
from spojka.kernel.ids import FileId, SuspenseId, uuid7
from spojka.kernel.refusals import Refusal
from spojka.kernel.time import Period
from spojka.terms.refusals import define_refusal
from spojka.trade.publications.shelf import shelf_of

__all__ = ["reasons"]

define_refusal(
    "FILE_BROKEN",
    cs="Soubor {name} je poškozený ({place}): {cause}. Nic z něj nebylo přijato; opravte jej a pošlete znovu.",
    en="The file {name} is broken ({place}): {cause}. Nothing of it was taken; correct it and send it again.",
)
define_refusal("FILE_UNKNOWN", cs="Soubor {path} neexistuje.", en="There is no file {path}.")
define_refusal(
    "SUSPENSE_UNKNOWN",
    cs="Takový pozastavený záznam ({suspense}) není otevřený.",
    en="There is no open suspended record {suspense}.",
)

Layout = Literal["csv", "tap3"]


@dataclass(frozen=True, slots=True)
class FileTaken:
    """What became of a file; `repeated` says that the same bytes were taken before and nothing changed."""

    file: str
    name: str
    layout: str
    records: int
    accepted: int
    duplicates: int
    suspended: int
    repeated: bool


@dataclass(frozen=True, slots=True)
class Repaired:
    """
    What became of a suspended record.

    Args:
        suspense: its id; another one when the corrected record waits for another reason.
        taken: the counts; an accepted record is rated at once.
        reason: why it still waits; empty when it was taken.

    """

    suspense: str
    taken: Taken
    reason: str


def _read(path: Path, *, layout: Layout, source: str) -> Batch:
    return read_tap3(path.read_bytes()).batch if layout == "tap3" else read_csv(path, source=source)


def layout_of(path: Path) -> Layout:
    """The layout of a file by its name: `.tap3`, `.tap` and names beginning TD or CD are TAP3, all else CSV."""
    tap = path.suffix.lower() in {".tap3", ".tap"} or (not path.suffix and path.name[:2] in {"TD", "CD"})
    return "tap3" if tap else "csv"


@operation("usage.import_file", permission="usage.write", local=True, refusals=("FILE_BROKEN", "FILE_UNKNOWN"))
def import_file(
    ctx: Context,
    *,
    path: Path,
    source: str = "",
    layout: Layout | None = None,
) -> FileTaken | Refusal:
    """
    Take a usage file wholly in, or refuse it wholly with line and cause.

    The same bytes of the same source change nothing. `source` names the sender (default: the layout).
    """
    if not path.is_file():
        return Refusal("FILE_UNKNOWN", (), {"path": str(path)})
    chosen = layout or layout_of(path)
    sender = source or chosen
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    lock_file(ctx, source=sender, digest=digest)
    known = file_of_digest(ctx, source=sender, digest=digest)
    if known is not None:
        counts = (known["records"], known["accepted"], known["duplicates"], known["suspended"])
        return FileTaken(str(known["id"]), known["name"], known["layout"], *counts, repeated=True)
    try:
        batch = _read(path, layout=chosen, source=sender)
    except FileBroken as broken:
        place = f"line {broken.line}" if broken.line is not None else f"byte {broken.offset}"
        return Refusal("FILE_BROKEN", (), {"name": path.name, "place": place, "cause": broken.cause})
    file = FileId(uuid7())
    taken = take(ctx, batch, file=file, whole_file=True)
    counts = (taken.records, taken.accepted, taken.duplicates, taken.suspended)
    add_file(ctx, file=file, source=sender, name=path.name, layout=chosen, digest=digest, counts=counts)
    closed = closed_periods(ctx)
    late = {day: services for day, services in taken.services.items() if day in closed}
    _promise_rating(ctx, late, key=str(file))
    publish(ctx, kind="usage_taken", key="usage", body={"file": path.name, "records": taken.accepted})
    return FileTaken(str(file), path.name, chosen, *counts, repeated=False)


def _promise_rating(ctx: Context, services: Mapping[date, Sequence[str]], *, key: str) -> None:
    """Have the services of some periods rated at once, each period once; it rests on what allows late items, if any."""
    if not services:
        return
    allowed = shelf_of(ctx).bound(ctx.today).clauses_of("late_billing_max_months")
    for day, concerned in services.items():
        period = Period.containing(day)
        set_deadline(
            ctx,
            due_at=ctx.now,
            operation="rating.rate",
            arguments={"period": str(period), "services": list(concerned)},
            subject="usage",
            key=f"rate:{key}:{period}",
            clauses=allowed,
        )


@operation("usage.repair", permission="usage.write", refusals=("SUSPENSE_UNKNOWN",))
def repair(ctx: Context, *, suspense: SuspenseId, changes: dict[str, str] = {}) -> Repaired | Refusal:  # noqa: B006
    """
    Correct fields of a suspended record and take it again; what is still wrong waits on, corrected, with its reason.

    A record that was ready but had no price counts no more as it was; the corrected one is rated instead of it.
    """
    return _again(ctx, suspense, changes)


@operation("usage.approve", permission="usage.write", refusals=("SUSPENSE_UNKNOWN",))
def approve(ctx: Context, *, suspense: SuspenseId) -> Repaired | Refusal:
    """
    Bill a record after all that came too late, whose class may not be late, or whose use was barred (nej/4.7, 3.5).

    An approval concerns the reason shown: what was barred and is late too waits on for its lateness.
    """
    row = suspense_row(ctx, UUID(str(suspense)))
    reason = "" if row is None else row["reason"]
    return _again(ctx, suspense, {}, approval=_APPROVALS.get(reason, Approval.NONE))


_APPROVALS = {
    **dict.fromkeys(reasons.BARRED_REASONS, Approval.BARRED),
    **dict.fromkeys(reasons.LATE_REASONS, Approval.LATE),
}


def _again(
    ctx: Context, suspense: SuspenseId, changes: Mapping[str, str], *, approval: Approval = Approval.NONE
) -> Repaired | Refusal:
    row = suspense_row(ctx, UUID(str(suspense)))
    if row is None or row["state"] != "open":
        return Refusal("SUSPENSE_UNKNOWN", (), {"suspense": suspense})
    fields = {name: value for name, value in {**row["record"], **changes}.items() if value not in (None, "")}
    taken_before = is_taken(ctx, identity(row["source"], row["record_id"]))
    if taken_before:
        void(ctx, identity(row["source"], row["record_id"]))
    settle(ctx, row["id"], state="repaired")
    batch = read_items([fields], source=row["source"])
    taken = take(ctx, batch, file=None, whole_file=False, known_identity=taken_before, approval=approval)
    _promise_rating(ctx, taken.services, key=str(suspense))
    waiting = ctx.db.execute(
        "SELECT id, reason FROM suspense WHERE tenant_id = %s AND source = %s AND record_id = %s AND state = 'open'"
        " ORDER BY id DESC LIMIT 1",
        [ctx.tenant, row["source"], fields.get("record_id", "")],
    ).fetchone()
    return Repaired(str(waiting["id"] if waiting else suspense), taken, waiting["reason"] if waiting else "")


@operation("usage.drop", permission="usage.write", refusals=("SUSPENSE_UNKNOWN",))
def drop(ctx: Context, *, suspense: SuspenseId) -> Repaired | Refusal:
    """Give up a suspended record; it is never rated and stays on the list of those dropped."""
    row = suspense_row(ctx, UUID(str(suspense)))
    if row is None or row["state"] != "open":
        return Refusal("SUSPENSE_UNKNOWN", (), {"suspense": suspense})
    if is_taken(ctx, identity(row["source"], row["record_id"])):
        void(ctx, identity(row["source"], row["record_id"]))
    settle(ctx, row["id"], state="dropped")
    return Repaired(str(suspense), Taken(0, 0, 0, 0, {}), row["reason"])
