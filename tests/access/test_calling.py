"""Calls: keys, permissions, refusals, arguments."""

from __future__ import annotations

import pytest

from spojka.access.operations.calling import ArgumentsWrong
from spojka.access.operations.context import Actor


def test_the_audit_of_an_empty_tenant_is_whole(do):
    outcome = do("audit.verify")

    assert outcome.result.whole
    assert outcome.result.sealed == 0


def test_an_actor_without_the_permission_is_refused(do):
    outcome = do("audit.verify", actor=Actor("nobody"))

    assert outcome.refusal.code == "NOT_AUTHORISED"
    assert outcome.refusal.figures == {"actor": "nobody", "permission": "audit.read"}


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
