"""Calls: keys, permissions, refusals, arguments."""

from __future__ import annotations

from datetime import timedelta

import pytest

from spojka.access.database.connections import transaction
from spojka.access.operations.calling import ArgumentsWrong
from spojka.access.operations.context import Actor
from tests.conftest import NOW


def test_the_audit_of_an_empty_tenant_is_whole(do):
    outcome = do("audit.verify")

    assert outcome.result.whole
    assert outcome.result.sealed == 0


def test_an_actor_without_the_permission_is_refused(do):
    outcome = do("audit.verify", actor=Actor("nobody"))

    assert outcome.refusal.code == "NOT_AUTHORISED"
    assert outcome.refusal.figures == {"actor": "nobody", "permission": "audit.read"}


def _audited(tenant):
    with transaction(tenant) as db:
        rows = db.execute("SELECT at, actor, operation, outcome, items, length(digest) AS bytes FROM audit ORDER BY id")
        return [tuple(row.values()) for row in rows.fetchall()]


def _refused(do, name, *, actor="nobody", after=timedelta(0)):
    given = {"kind": "consumer", "name": "Eva"} if name == "parties.register" else {"count": 1}
    assert do(name, actor=Actor(actor), now=NOW + after, **given).refusal.code == "NOT_AUTHORISED"


def test_an_operation_that_was_not_allowed_leaves_its_row_and_nothing_else(do, tenant):
    _refused(do, "parties.register")

    assert _audited(tenant) == [(NOW, "nobody", "parties.register", "NOT_AUTHORISED", 1, 32)]
    assert do("audit.verify").result.unsealed == 1


def test_a_query_that_was_not_allowed_leaves_none(do, tenant):
    do("audit.verify", actor=Actor("nobody"))

    assert _audited(tenant) == []


def test_an_actor_who_tries_without_end_gets_five_rows_in_fifteen_minutes_and_the_rest_is_counted(do, tenant):
    for _ in range(7):
        _refused(do, "parties.register")
    _refused(do, "parties.register", after=timedelta(minutes=3) - timedelta(microseconds=1))
    before = len(_audited(tenant))
    _refused(do, "parties.register", after=timedelta(minutes=3))
    _refused(do, "numbering.receive_sims", actor="somebody")

    rows = _audited(tenant)
    assert before == 5
    assert [(row[1], row[4]) for row in rows[4:]] == [("nobody", 1), ("nobody", 4), ("somebody", 1)]


def test_an_unknown_argument_is_an_error_with_its_name(do):
    with pytest.raises(ArgumentsWrong, match="nonsense: unknown"):
        do("audit.verify", nonsense=1)


@pytest.mark.parametrize("text", ["Eva\0", "\ud800"])
def test_a_character_that_no_text_may_hold_is_an_error_with_the_arguments_name(do, text):
    for given in (
        {"name": text},
        {"name": "Eva", "roles": ["holder", text]},
        {"name": "Eva", "address": {"street": text, "city": "Brno", "zip_code": "602 00"}},
        {"name": "Eva", "address": {text: "x"}},
    ):
        with pytest.raises(ArgumentsWrong, match="holds a character that no text may hold"):
            do("parties.register", kind="consumer", **given)


def test_a_key_with_such_a_character_is_an_error_too(do):
    with pytest.raises(ArgumentsWrong, match="key: holds a character"):
        do("parties.register", kind="consumer", name="Eva", key="a\0b")
