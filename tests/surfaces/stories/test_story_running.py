"""Running stories: virtual time, fresh tenants, names, refusals, citations, explanations, and reports of failures."""

from __future__ import annotations

import json
import textwrap
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from xml.etree import ElementTree as ET

import psycopg
import pytest
from rich.console import Console

from spojka.access.deadlines.store import set_deadline
from spojka.access.operations import registry
from spojka.access.operations.context import Context
from spojka.access.operations.registry import Operation
from spojka.charging.rating.rated import rated_root
from spojka.charging.usage.store import usage_root
from spojka.kernel.money import Money
from spojka.kernel.refusals import Refusal
from spojka.surfaces.stories.marked import StoryWrong, read_documents
from spojka.surfaces.stories.reading import read_story
from spojka.surfaces.stories.reporting import as_json, as_junit, as_text, print_plain
from spojka.surfaces.stories.running import run_story
from spojka.surfaces.stories.tenants import story_tenant, sweep
from spojka.terms.clauses import ClauseRef, Term
from spojka.terms.findings import Finding, rule

STEP = Term("call_increment", 60, ClauseRef("nej-mobil/operating-rules", "2021-08", "2.11", "nej"))


@rule(cs="Účtuje se {result} s: {duration_s} s po {step}", en="Charged are {result} s: {duration_s} s by {step}")
def story_test_billed(*, duration_s: int, step: Term[int]) -> int:
    """The length of a pretended call."""
    return max(duration_s, step.value)


def note(ctx: Context, *, text: str, at: datetime | None = None) -> dict[str, object]:
    """Write a text into the event log of the tenant, and answer with the virtual time."""
    from spojka.access.events.store import publish

    publish(ctx, kind="noted", key="notes", body={"text": text, "now": ctx.now})
    return {"text": text, "now": ctx.now, "at": at}


def notes(ctx: Context) -> list[dict[str, object]]:
    """Everything that was noted."""
    from spojka.access.events.store import of_key

    return [row["body"] for row in of_key(ctx, "notes")]


def promise(ctx: Context, *, text: str, after_s: int, times: int = 1) -> str:
    """Note a text later, several times, each promised by the one before."""
    operation = "story_test.note" if times == 1 else "story_test.promise"
    arguments = {"text": text} if times == 1 else {"text": text, "after_s": 3600, "times": times - 1}
    key = f"{text}:{times}:{ctx.call_id}"
    set_deadline(
        ctx,
        due_at=ctx.now + timedelta(seconds=after_s),
        operation=operation,
        arguments=arguments,
        subject="notes",
        key=key,
    )
    return text


def bill(ctx: Context, *, duration_s: int, price: Money, share: Decimal, paid: bool) -> Finding[int] | Refusal:
    """Pretend to rate a call; a paid one is refused."""
    if paid:
        return Refusal("NOT_AUTHORISED", ("nej/1.8",), {"actor": "x", "permission": "y"})
    return story_test_billed(duration_s=duration_s, step=STEP)


def ask_own(ctx: Context) -> str:
    """Who asks."""
    return f"{ctx.actor.name} {ctx.actor.party}"


@pytest.fixture(autouse=True)
def pretended(monkeypatch):
    """Operations that exist only while a test here runs."""
    made = [
        ("note", "operation", note, "story_test.write"),
        ("notes", "query", notes, "story_test.read"),
        ("promise", "operation", promise, "story_test.write"),
        ("bill", "query", bill, "story_test.read"),
        ("own", "query", ask_own, "users.own"),
    ]
    for name, kind, function, permission in made:
        full = f"story_test.{name}"
        made_one = Operation(full, kind, function, permission, (), customers=name == "own")
        monkeypatch.setitem(registry._registered, full, made_one)


def story(steps, head=""):
    top = "story: A test\nprovider: nej-mobil\ntoday: 2026-02-01T09:00+01:00\n"
    (marked,) = read_documents(f"{top}{head}steps:\n{textwrap.dedent(steps).strip()}\n", "test.yaml")
    return read_story(marked, "test.yaml")


def run(steps, head=""):
    return run_story(story(steps, head))


def holds(steps):
    result = run(steps)
    assert result.passed, as_text(result.failed_step)
    return result


def failure(steps):
    result = run(steps)
    assert result.failed_step is not None
    return as_text(result.failed_step)


def test_results_have_names_and_later_steps_refer_to_them(database):
    holds("""
        - do: story_test.note
          with: {text: first}
          as: one
        - do: story_test.note
          with: {text: "$one.text again"}
          returns: {text: first again, now: 2026-02-01T09:00+01:00, at: null}
    """)


def test_texts_are_converted_by_the_declared_type(database):
    holds("""
        - do: story_test.note
          with: {text: +420601000001, at: 2026-02-01}
          returns: {text: +420601000001, at: 2026-02-01T00:00+01:00}
        - do: story_test.note
          with: {text: 10:00}
          returns: {text: 10:00}
        - ask: story_test.bill
          with: {duration_s: 61, price: 2.50 CZK, share: 0.05, paid: no}
          returns: 61
    """)


def test_a_repeat_counts_from_nought(database):
    holds("""
        - repeat:
            times: 3
            steps:
              - do: story_test.note
                with: {text: n$i}
        - ask: story_test.notes
          returns: [{text: n0}, {text: n1}, {text: n2}]
    """)


def test_deadlines_run_in_order_each_at_its_own_time_with_those_caused_on_the_way(database):
    holds("""
        - do: story_test.promise
          with: {text: late, after_s: 10800}
        - do: story_test.promise
          with: {text: chain, after_s: 3600, times: 3}
        - do: story_test.promise
          with: {text: too late, after_s: 10801}
        - advance: 3 h
        - ask: story_test.notes
          returns:
            - {text: late, now: 2026-02-01T12:00+01:00}
            - {text: chain, now: 2026-02-01T12:00+01:00}
        - advance: 1 s
        - ask: story_test.notes
          returns: [{}, {}, {text: too late, now: 2026-02-01T12:00:01+01:00}]
    """)


def test_time_never_goes_back(database):
    said = failure("""
        - advance: 2026-02-11
        - advance: 2026-02-10
        - ask: story_test.notes
    """)

    assert said.startswith("test.yaml:6: step 2, advance 2026-02-10: time never goes back: it is 2026-02-11T00:00:00")


def test_now_and_today_have_names(database):
    holds("""
        - advance: 2026-02-02
        - ask: story_test.bill
          with: {duration_s: 1, price: 1 CZK, share: 1, paid: false}
        - do: story_test.note
          with: {text: $today, at: $now}
          returns: {text: 2026-02-02, at: 2026-02-02T00:00+01:00}
    """)


def test_a_refusal_is_known_by_its_code_and_by_its_other_spellings(database):
    result = holds("""
        - ask: story_test.bill
          with: {duration_s: 1, price: 1 CZK, share: 1, paid: yes}
          refused: not_authorised
          cites: nej/1.8
    """)

    assert result.cites == ("nej/1.8",)


def test_what_goes_through_against_the_story_fails_it(database):
    said = failure("""
        - ask: story_test.bill
          with: {duration_s: 1, price: 1 CZK, share: 1, paid: no}
          refused: NOT_AUTHORISED
    """)

    assert "it went through, and should have been refused" in said
    assert "Charged are 60 s: 1 s by 60 (nej/2.11)" in said


def test_an_unexpected_refusal_fails_with_its_words(database):
    said = failure("""
        - ask: story_test.bill
          with: {duration_s: 1, price: 1 CZK, share: 1, paid: yes}
          returns: 60
    """)

    assert "it was refused" in said
    assert "lacks the permission" in said


def test_a_finding_cites_its_clauses_and_explains_itself(database):
    result = holds("""
        - ask: story_test.bill
          with: {duration_s: 5, price: 1 CZK, share: 1, paid: no}
          returns: 60
          cites: [nej/2.11]
          why: "Účtuje se 60 s: 5 s"
        - ask: story_test.bill
          with: {duration_s: 5, price: 1 CZK, share: 1, paid: no}
          why: Charged are
          lang: en
    """)

    assert result.cites == ("nej/2.11",)


@pytest.mark.parametrize(
    ("check", "said"),
    [
        ("returns: 61", "expected  61\n    got       60"),
        ("cites: [nej/1.8]", "it does not rest on nej/1.8"),
        ("why: Something else", "the explanation says otherwise"),
        ("why: Charged are\n          lang: cs", "the explanation says otherwise"),
    ],
)
def test_what_does_not_hold_is_shown_side_by_side(database, check, said):
    steps = f"""
        - ask: story_test.bill
          with: {{duration_s: 5, price: 1 CZK, share: 1, paid: no}}
          {check}
    """

    assert said in failure(steps)


def test_steps_after_a_failure_are_left_out_and_count_as_no_evidence(database):
    result = run("""
        - ask: story_test.notes
          returns: [{}]
        - ask: story_test.bill
          with: {duration_s: 5, price: 1 CZK, share: 1, paid: no}
    """)

    assert [step.state for step in result.steps] == ["failed", "left_out"]
    assert result.cites == ()


def test_a_value_of_the_wrong_kind_is_said_with_its_own_line(database):
    said = failure("""
        - ask: story_test.bill
          with:
            price: 1 CZK
            duration_s: soon
            share: 1
            paid: no
    """)

    assert said.startswith("test.yaml:8: step 1, ask story_test.bill: ")
    assert "duration_s" in said


def test_a_customer_acts_only_by_actor_and_within_what_customers_may(database):
    holds("""
        - do: parties.register
          with: {kind: consumer, name: Eva Malá, born_on: 1990-05-17, email: eva@example.cz}
          as: eva
        - ask: story_test.own
          actor: $eva
          returns: {any: $eva.id}
        - ask: story_test.own
          returns: operator None
        - do: story_test.note
          with: {text: x}
          actor: $eva.id
          refused: NOT_AUTHORISED
    """)


def test_an_unknown_actor_fails_the_step(database):
    assert "'nobody' is no actor" in failure("""
        - ask: story_test.own
          actor: nobody
    """)


@pytest.mark.parametrize(
    ("steps", "line", "said"),
    [
        ("- ask: story_test.note\n  with: {text: x}", 5, "story_test.note is an operation; write 'do'"),
        ("- do: story_test.notes\n  returns: []", 5, "story_test.notes is a query; write 'ask'"),
        ("- ask: story_test.nots", 5, "no operation or query 'story_test.nots'; did you mean story_test.note"),
        ("- ask: story_test.notes\n  with:\n    txet: x", 7, "story_test.notes has no argument 'txet'"),
        ("- do: story_test.note\n  returns: {}", 5, "story_test.note needs text"),
        ("- ask: story_test.notes\n  refused: NOT_AUTORISED", 6, "did you mean NOT_AUTHORISED"),
        ("- ask: story_test.notes\n  cites: [nej/2.111]", 6, "no edition of the pack has the clause 'nej/2.111'"),
        ("- ask: story_test.notes\n  returns:\n    - $one.id", 7, "$one names no earlier result"),
        ("- ask: story_test.notes\n  returns: $i", 6, "$i names no earlier result"),
        ("- ask: story_test.notes\n- advance: soon", 6, "'soon' is no moment"),
    ],
)
def test_an_unknown_name_is_an_error_before_anything_runs(database, steps, line, said):
    with pytest.raises(StoryWrong) as wrong:
        run(steps)

    assert f"test.yaml:{line}: " in str(wrong.value)
    assert said in str(wrong.value)


def test_an_unknown_pack_and_an_unknown_clause_of_the_head_are_errors(database):
    with pytest.raises(StoryWrong, match=r"test.yaml:4: .*'nej/99.9'"):
        run("- ask: story_test.notes", head="clauses: [nej/99.9]\n")


def test_a_story_leaves_nothing_behind(database):
    def rows():
        with psycopg.connect(database) as owner:
            return [owner.execute(f"SELECT count(*) FROM {table}").fetchone() for table in ("tenant", "party", "audit")]

    before = rows()

    holds("""
        - do: parties.register
          with: {kind: consumer, name: Eva Malá, born_on: 1990-05-17, email: eva@example.cz}
        - ask: story_test.notes
    """)

    assert rows() == before


def test_a_deadline_that_fails_on_the_way_fails_the_step_of_a_story(database, monkeypatch):
    monkeypatch.delitem(registry._registered, "story_test.note")

    result = run("""
        - do: story_test.promise
          with: {text: late, after_s: 60}
        - advance: 1 h
        - ask: story_test.notes
    """)

    assert not result.passed
    assert isinstance(result.failed_step.cause, registry.OperationUnknown)


def test_a_storys_usage_and_rated_files_go_with_it_and_others_stay(ctx, tmp_path, monkeypatch):
    monkeypatch.setattr("spojka.surfaces.stories.tenants.files", lambda: tmp_path)

    def segments(tenant):
        at = replace(ctx, files=tmp_path / str(tenant))
        return [root(at) / str(tenant) / "2026-02" / "x.parquet" for root in (usage_root, rated_root)]

    others = segments("other")
    with story_tenant("nej-mobil") as tenant:
        own = [*segments(tenant), tmp_path / str(tenant) / "invoice.pdf"]
        for file in own + others:
            file.parent.mkdir(parents=True)
            file.touch()

    assert [file.exists() for file in own] == [False] * 3
    assert [file.exists() for file in others] == [True] * 2


def test_only_a_storys_tenant_can_be_swept_away(tenant):
    with pytest.raises(ValueError, match="belongs to no story"):
        sweep(tenant)


def test_reports_for_machines_and_people(database):
    results = [run("- ask: story_test.notes\n  returns: []"), run("- ask: story_test.notes\n  returns: [{text: a<b}]")]

    data = as_json(results)
    suite = ET.fromstring(as_junit(results)).find("testsuite")
    console = Console(width=200, record=True, file=None)
    with console.capture() as captured:
        print_plain(results, console)

    assert json.loads(json.dumps(data)) == data
    assert (data["passed"], data["failed"]) == (1, 1)
    assert data["stories"][1]["steps"][0]["mismatches"][0]["expected"] == "1 item: [{text: a<b}]"
    assert (suite.get("tests"), suite.get("failures")) == ("2", "1")
    assert suite.find("testcase/failure").text.startswith("test.yaml:6: step 1")
    assert "0 items: []" in captured.get()
    assert "2 stories, 1 failed" in captured.get()
