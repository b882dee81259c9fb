"""How passwords are kept: by the hasher that ships, which the other tests replace by a quick one."""

from __future__ import annotations

import pytest
from argon2 import PasswordHasher

from spojka.access.users import passwords
from spojka.access.users.passwords import Secret, fits, hash_password, is_dated
from tests.conftest import SHIPPED_HASHER

AS_RECOMMENDED = "$argon2id$v=19$m=65536,t=3,p=4$"


@pytest.fixture
def shipped(monkeypatch):
    monkeypatch.setattr(passwords, "_HASHER", SHIPPED_HASHER)


def test_a_password_is_kept_as_rfc_9106_recommends_and_fits_its_hash_alone(shipped):
    kept = hash_password(Secret("správný kůň"))

    assert kept.startswith(AS_RECOMMENDED)
    assert fits(Secret("správný kůň"), kept)
    assert not fits(Secret("spravny kun"), kept)
    assert not is_dated(kept)


def test_nobodys_hash_costs_as_much_as_anybodys_and_fits_nothing(shipped):
    assert passwords._NOBODY.startswith(AS_RECOMMENDED)
    assert not fits(Secret(""), None)


def test_a_hash_of_weaker_parameters_is_made_again(shipped):
    weaker = PasswordHasher(time_cost=2).hash("správný kůň")

    assert fits(Secret("správný kůň"), weaker)
    assert is_dated(weaker)
