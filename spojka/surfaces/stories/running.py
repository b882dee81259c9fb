"""Running a story: a fresh tenant, virtual time, and registered operations and queries only."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from spojka.access.deadlines.running import run_next
from spojka.access.operations.calling import ArgumentsWrong, call
from spojka.access.operations.context import OPERATOR, Actor
from spojka.access.operations.outcome import Outcome
from spojka.access.operations.registry import find
from spojka.kernel.ids import TenantId
from spojka.kernel.time import PRAGUE, day_of
from spojka.surfaces.stories.actors import ActorUnknown, actor_of
from spojka.surfaces.stories.checking import check_story
from spojka.surfaces.stories.comparing import CONTAINS, Mismatch, compare, spaced
from spojka.surfaces.stories.explaining import explanation_of, said_of
from spojka.surfaces.stories.fitting import DoesNotFit, fit
from spojka.surfaces.stories.marked import place_within
from spojka.surfaces.stories.moments import MomentNotUnderstood, later, parse_instant
from spojka.surfaces.stories.reading import ABSENT, Advance, Call, Repeat, Step, Story
from spojka.surfaces.stories.references import ReferenceUnknown, resolve
from spojka.surfaces.stories.results import Failure, StepResult, StoryResult
from spojka.surfaces.stories.tenants import story_tenant
from spojka.terms.clauses import Language
from spojka.terms.refusals import canonical, explain_refusal

LOAD: Final = "provider.load"
MOST_AT_ONE_INSTANT: Final = 100_000
"""Deadlines run at one instant before a story gives up: something sets itself again and again."""

Watcher = Callable[[StepResult], None]


class _Telling:
    """One story being told: its tenant, its time, the results named so far."""

    def __init__(self, tenant: TenantId, now: datetime, watcher: Watcher | None) -> None:
        self.tenant, self.now, self.watcher = tenant, now, watcher
        self.names: dict[str, Any] = {}
        self.steps: list[StepResult] = []
        self.failed = False

    def known(self) -> dict[str, Any]:
        local = self.now.astimezone(PRAGUE)
        return {**self.names, "now": local.isoformat(), "today": day_of(self.now).isoformat()}

    def tell(self, steps: tuple[Step, ...]) -> None:
        for step in steps:
            if isinstance(step, Repeat):
                outer = self.names.get("i")
                for index in range(step.times):
                    self.names["i"] = index
                    self.tell(step.steps)
                self.names.pop("i", None)
                if outer is not None:
                    self.names["i"] = outer
            else:
                self.one(step)

    def one(self, step: Call | Advance) -> None:
        number = len(self.steps) + 1
        text = f"advance {step.to}" if isinstance(step, Advance) else f"{step.verb} {step.name}"
        if self.failed:
            self.steps.append(StepResult(number, step.place, text, "left_out"))
            return
        began = time.perf_counter_ns()
        try:
            cites = self.advance(step) if isinstance(step, Advance) else self.call(step)
            done = StepResult(number, step.place, text, "passed", cites)
        except Failure as failure:
            done = _failed(number, step, text, failure)
        except Exception as bad:  # noqa: BLE001  # whatever a call raises fails the step and stands in the report
            done = _failed(number, step, text, Failure(f"{type(bad).__name__}: {bad}"), cause=bad)
        self.failed = done.state == "failed"
        spent = (time.perf_counter_ns() - began) // 1_000_000
        self.steps.append(replace(done, duration_ms=spent))
        if self.watcher is not None:
            self.watcher(self.steps[-1])

    def advance(self, step: Advance) -> tuple[str, ...]:
        try:
            target = later(self.now, str(resolve(step.to, self.known())))
        except (MomentNotUnderstood, ReferenceUnknown) as bad:
            raise Failure(str(bad)) from bad
        if target < self.now:
            local, present = target.astimezone(PRAGUE).isoformat(), self.now.astimezone(PRAGUE).isoformat()
            raise Failure(f"time never goes back: it is {present}, and {local} is before that")
        latest, at_once = self.now, 0
        while (due_at := run_next(self.tenant, target)) is not None:
            at_once = at_once + 1 if due_at == latest else 0
            latest = due_at
            if at_once > MOST_AT_ONE_INSTANT:
                raise Failure(f"more than {MOST_AT_ONE_INSTANT} deadlines ran at {due_at.isoformat()}: one sets itself")
        self.now = target
        return ()

    def call(self, step: Call) -> tuple[str, ...]:
        try:
            given = resolve(dict(step.given), self.known())
            actor = actor_of(resolve(step.actor, self.known()))
            returns = step.returns if step.returns is ABSENT else resolve(step.returns, self.known())
            why = None if step.why is None else str(resolve(step.why, self.known()))
        except (ReferenceUnknown, ActorUnknown) as bad:
            raise Failure(str(bad)) from bad
        outcome = self.called(step, given, actor)
        if step.label is not None:
            self.names[step.label] = outcome.plain
        refused = _refused(step, outcome)
        if not refused and returns is not ABSENT:
            _returned(returns, outcome, step)
        _cited(step, outcome)
        if why is not None:
            _explained(why, step.lang, outcome)
        return outcome.cites

    def called(self, step: Call, given: dict[str, Any], actor: Actor) -> Outcome:
        arguments = {argument.name: argument.type for argument in find(step.name).arguments}
        try:
            fitted = {name: fit(value, arguments[name], (name,)) for name, value in given.items()}
            return call(step.name, fitted, tenant=self.tenant, actor=actor, now=self.now)
        except DoesNotFit as bad:
            place = place_within(step.given, bad.path, step.place)
            raise Failure(f"{'.'.join(map(str, bad.path))}: {bad.text}", place=place) from bad
        except ArgumentsWrong as bad:
            path = [int(part) if part.isdigit() else part for part in next(iter(bad.problems)).split(".")]
            raise Failure(str(bad), place=place_within(step.given, path, step.place)) from bad


def _failed(number: int, step: Step, text: str, failure: Failure, cause: BaseException | None = None) -> StepResult:
    return StepResult(
        number,
        failure.place or step.place,
        text,
        "failed",
        failure.cites,
        problem=failure.problem,
        mismatches=failure.mismatches,
        explanation=failure.explanation,
        cause=cause,
    )


def _refused(step: Call, outcome: Outcome) -> bool:
    got = None if outcome.refusal is None else outcome.refusal.code
    wanted = None if step.refused is None else canonical(step.refused)
    if got == wanted:
        return got is not None
    if wanted is None:
        problem = "it was refused"
        miss = Mismatch("refused", "—", str(got))
    elif got is None:
        problem = "it went through, and should have been refused"
        miss = Mismatch("refused", wanted, "not refused")
    else:
        problem = "it was refused with another code"
        miss = Mismatch("refused", wanted, got)
    raise Failure(problem, (miss,), said_of(outcome), cites=outcome.cites)


def _returned(returns: Any, outcome: Outcome, step: Call) -> None:
    misses = compare(returns, outcome.result)
    if misses:
        place = place_within(step.marked.get("returns"), _path(misses[0].path), step.marked.places["returns"])
        raise Failure("it answered otherwise", tuple(misses), said_of(outcome), place, outcome.cites)


def _path(text: str) -> list[str | int]:
    parts = text.replace("[", ".").replace("]", "").split(".")
    return [int(part) if part.isdigit() else part for part in parts if part and part != CONTAINS]


def _named_clauses(value: Any) -> Iterator[str]:
    """Ids that a plain answer lists under `clauses`, as a deadline or a stored reason does."""
    match value:
        case dict():
            for key, inner in value.items():
                if key == "clauses" and isinstance(inner, list):
                    yield from (ref for ref in inner if isinstance(ref, str))
                else:
                    yield from _named_clauses(inner)
        case list():
            for inner in value:
                yield from _named_clauses(inner)


def _cited(step: Call, outcome: Outcome) -> None:
    cited = dict.fromkeys([*outcome.cites, *_named_clauses(outcome.plain)])
    missing = [ref for ref in step.cites if ref not in cited]
    if missing:
        miss = Mismatch("cites", ", ".join(step.cites), ", ".join(cited) or "nothing")
        place = step.marked.places["cites"]
        raise Failure(f"it does not rest on {', '.join(missing)}", (miss,), said_of(outcome), place, outcome.cites)


def _explained(why: str, lang: Language | None, outcome: Outcome) -> None:
    languages: tuple[Language, ...] = ("cs", "en") if lang is None else (lang,)
    said = [explanation_of(outcome, language) for language in languages]
    if not any(spaced(why) in spaced(text) for text in said):
        raise Failure("the explanation says otherwise", (Mismatch("why", why, "\n".join(said)),), cites=outcome.cites)


def run_story(story: Story, watcher: Watcher | None = None) -> StoryResult:
    """
    Run one story in a fresh tenant; raises `StoryWrong` before anything runs when a name in it is unknown.

    Args:
        story: what to tell.
        watcher: hears each step as it ends.

    """
    check_story(story)
    began = time.perf_counter_ns()
    now = parse_instant(story.today)
    with story_tenant(story.provider) as tenant:
        load = {"editions": list(story.editions)}
        telling = _Telling(tenant, now, watcher)
        loaded = call(LOAD, load, tenant=tenant, actor=OPERATOR, now=now)
        if loaded.refusal is None:
            telling.tell(story.steps)
        else:
            said = explain_refusal(loaded.refusal, "en")
            text = f"do {LOAD}"
            failure = StepResult(1, story.place, text, "failed", problem="the pack was refused", explanation=said)
            telling.steps.append(failure)
    return StoryResult(story, tuple(telling.steps), (time.perf_counter_ns() - began) // 1_000_000)
