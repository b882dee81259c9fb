"""A caller's key: the same call is done once, another call is refused, a refused call may try again."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from spojka.access.database.connections import transaction
from spojka.access.operations.calling import call
from spojka.access.operations.context import OPERATOR
from spojka.access.tenants.store import add_tenant
from spojka.kernel.ids import uuid7
from tests.access.committed import count
from tests.conftest import NOW

EVA = {"kind": "consumer", "name": "Eva Malá", "email": "eva@example.cz"}
COMPANY = {"kind": "business", "name": "Kavárna s.r.o."}


def test_a_repeated_call_answers_with_the_first_answer_and_does_nothing_more(do, tenant):
    first = do("parties.register", key="k1", **EVA)

    again = do("parties.register", key="k1", **EVA)

    assert (first.replayed, again.replayed) == (False, True)
    assert again.plain == first.plain
    assert count(tenant, "party") == 1


def test_the_same_call_without_a_key_is_done_again(do, tenant):
    for _ in range(2):
        do("parties.register", **EVA)

    assert count(tenant, "party") == 2


def test_a_key_that_belongs_to_other_content_is_refused(do, tenant):
    do("parties.register", key="k1", **EVA)

    other = do("parties.register", key="k1", **{**EVA, "name": "Adam Nový"})

    assert (other.refusal.code, other.refusal.figures) == ("KEY_REUSED", {"key": "k1", "operation": "parties.register"})
    assert count(tenant, "party") == 1


def test_a_key_that_belongs_to_another_operation_is_refused(do):
    do("numbering.receive_sims", key="k1", count=1)

    other = do("numbering.receive_numbers", key="k1", count=1)

    assert other.refusal.code == "KEY_REUSED"


def test_arguments_that_mean_the_same_are_the_same_call(do):
    do("numbering.receive_sims", key="k1", count="1")

    again = do("numbering.receive_sims", key="k1", count=1)

    assert again.replayed


@pytest.mark.parametrize(
    "said",
    [
        {"language": "cs"},
        {"phone": ""},
        {"ico": None},
        {"address": {}},
        {"address": {"country": "CZ"}},
        {"roles": ["customer"]},
    ],
)
def test_a_default_that_is_given_and_one_that_is_left_out_are_the_same_call(do, tenant, said):
    do("parties.register", key="k1", **EVA)
    do("parties.register", key="k2", **EVA, **said)

    again = [do("parties.register", key="k1", **EVA, **said), do("parties.register", key="k2", **EVA)]

    assert [each.replayed for each in again] == [True, True]
    assert count(tenant, "party") == 2


@pytest.mark.parametrize("said", [{"language": "en"}, {"phone": "1"}, {"address": {"country": "SK"}}, {"roles": []}])
def test_what_differs_from_its_default_is_another_call(do, said):
    do("parties.register", key="k1", **EVA)

    assert do("parties.register", key="k1", **EVA, **said).refusal.code == "KEY_REUSED"


def test_the_key_of_a_refused_call_may_be_tried_again(do, tenant):
    refused = do("parties.register", key="k1", **COMPANY)

    again = do("parties.register", key="k1", **COMPANY, ico="27082440")

    assert refused.refusal.code == "ICO_MISSING"
    assert (again.refusal, again.replayed) == (None, False)
    assert count(tenant, "party") == 1


def test_a_call_that_failed_leaves_its_key_free(do, monkeypatch):
    from spojka.access.operations.registry import find

    monkeypatch.setitem(find("parties.register").__dict__, "function", lambda _ctx, **_given: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        do("parties.register", key="k1", **EVA)
    monkeypatch.undo()

    assert do("parties.register", key="k1", **EVA).replayed is False


def test_tenants_do_not_share_keys(do, tenant):
    with transaction(None) as db:
        other = add_tenant(db, code=uuid7().hex, pack="nej-mobil")
    do("parties.register", key="k1", **EVA)

    theirs = call("parties.register", EVA, tenant=other, actor=OPERATOR, now=NOW, key="k1")

    assert (theirs.refusal, theirs.replayed) == (None, False)


def test_of_callers_at_once_with_one_key_one_does_it_and_the_others_hear_its_answer(do, tenant):
    with ThreadPoolExecutor(6) as threads:
        answers = list(threads.map(lambda _: do("parties.register", key="k1", **EVA), range(6)))

    assert len({answer.plain["id"] for answer in answers}) == 1
    assert sum(answer.replayed for answer in answers) == 5
    assert count(tenant, "party") == 1


def test_an_answer_that_is_a_secret_is_not_kept_and_its_repeat_is_refused(do, tenant):
    do("numbering.receive_sims", count=1)
    with transaction(tenant) as db:
        iccid = db.execute("SELECT iccid FROM sim").fetchone()["iccid"]
    given = {"iccid": iccid, "reason": "the holder forgot the PIN"}

    shown = do("numbering.show_codes", key="k1", **given)
    again = do("numbering.show_codes", key="k1", **given)
    anew = do("numbering.show_codes", key="k2", **given)

    with transaction(tenant) as db:
        kept = db.execute("SELECT key, answer FROM operation_key ORDER BY key").fetchall()
    assert (again.refusal.code, again.plain.get("pin")) == ("ANSWER_NOT_KEPT", None)
    assert anew.plain["pin"] == shown.plain["pin"]
    assert [(one["key"], one["answer"]) for one in kept] == [("k1", None), ("k2", None)]


def test_what_answers_with_a_secret_says_so():
    from spojka.access.operations.registry import all_operations

    assert {one.name for one in all_operations() if one.secret_answer} == {
        "connector.set_webhook",
        "connector.set_bind_account",
        "numbering.show_codes",
    }
