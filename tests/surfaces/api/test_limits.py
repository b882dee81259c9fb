"""How many calls of the API may come, by token and by address, and what callers are told of it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.surfaces.shop import OPENED, TODAY, done

FIRST, SECOND = "1" * 40, "2" * 40


@pytest.fixture(scope="session")
def programs(shop):
    """The shop, with two programs of the operator."""
    for program, secret in (("first", FIRST), ("second", SECOND)):
        given = {"login": "operator", "program": program, "secret": secret}
        done(shop.tenant, "users.add_token", given, OPENED)
    return shop


@pytest.fixture
def call(programs):
    """Call the API: by a program's secret, or from an address without; three calls a minute each, two by address."""
    from django.test import Client, override_settings

    with override_settings(API_TOKEN_CALLS_PER_MIN=3, API_ADDRESS_CALLS_PER_MIN=2, PROXIES=1):
        client = Client(SERVER_NAME="localhost")

        def calling(secret="", *, address="203.0.113.1", path="", language="en"):
            headers = {"x-forwarded-for": address, "accept-language": language}
            if secret:
                headers["authorization"] = f"Bearer {programs.code}.{secret}"
            public = f"providers/{programs.code}/queries/publications.editions"
            asked = path or ("queries/audit.verify" if secret else public)
            return client.get(f"/api/v1/{asked}", headers=headers)

        yield calling


def statuses(call, times, secret="", **more):
    return [call(secret, **more).status_code for _ in range(times)]


def test_a_token_has_its_calls_and_then_waits(call):
    assert statuses(call, 4, FIRST) == [200, 200, 200, 429]


def test_another_token_and_an_address_without_one_have_theirs(call):
    statuses(call, 4, FIRST)

    assert statuses(call, 1, SECOND) == [200]
    assert statuses(call, 3) == [200, 200, 429]


def test_callers_are_told_what_is_left_of_what(call):
    told = [call(FIRST) for _ in range(4)]

    assert {one["RateLimit-Policy"] for one in told} == {'"token";q=3;w=60'}
    assert [one["RateLimit"] for one in told] == [
        f'"token";{rest}' for rest in ("r=2;t=20", "r=1;t=40", "r=0;t=60", "r=0;t=60")
    ]
    assert [one.get("Retry-After") for one in told] == [None, None, None, "20"]


def test_who_shows_no_token_is_told_of_the_address(call):
    assert call()["RateLimit-Policy"] == '"address";q=2;w=60'
    assert call()["RateLimit"] == '"address";r=0;t=60'


@pytest.mark.parametrize(("language", "words"), [("cs", "Zkuste to znovu za 20 s."), ("en", "Try again in 20 s.")])
def test_the_refusal_says_when_to_try_again(call, language, words):
    statuses(call, 3, FIRST)

    refusal = call(FIRST, language=language).json()["refusal"]

    assert refusal["code"] == "CALLS_TOO_FREQUENT"
    assert refusal["figures"] == {"calls": 3, "per_s": 60, "wait_s": 20}
    assert refusal["words"].endswith(words)


@pytest.mark.parametrize(("later_s", "status"), [(19, 429), (20, 200)])
def test_after_the_wait_one_call_more_is_let_in(call, monkeypatch, later_s, status):
    statuses(call, 3, FIRST)

    monkeypatch.setattr("spojka.surfaces.web.visits.clock", lambda: TODAY + timedelta(seconds=later_s))

    assert statuses(call, 1, FIRST) == [status]


def test_trying_tokens_comes_to_an_end_at_the_address_and_leaves_others_alone(call):
    tried = [call(f"{number:040}").status_code for number in range(4)]

    assert tried == [401, 401, 429, 429]
    assert statuses(call, 1, FIRST, address="203.0.113.2") == [200]


def test_a_token_shown_where_none_is_asked_for_is_no_way_round_the_address(call, programs):
    public = f"providers/{programs.code}/queries/publications.editions"

    assert [call(f"{number:040}", path=public).status_code for number in range(3)] == [200, 200, 429]


def test_a_token_that_was_let_in_before_is_not_kept_out_by_its_address(call):
    statuses(call, 1, FIRST)
    statuses(call, 3)

    assert statuses(call, 1, FIRST) == [200]
    assert statuses(call, 1, SECOND) == [429]


def test_a_token_that_is_closed_counts_for_the_address_again(call, programs):
    given = {"login": "operator", "program": "closing", "secret": "3" * 40}
    done(programs.tenant, "users.add_token", given, OPENED)
    statuses(call, 1, "3" * 40)
    done(programs.tenant, "users.close_token", {"login": "operator", "program": "closing"}, TODAY)

    assert statuses(call, 5, "3" * 40) == [401, 401, 401, 429, 429]


@pytest.mark.parametrize(
    ("one", "other", "status"),
    [
        ("2001:db8:0:1::1", "2001:db8:0:1:ffff::2", 429),
        ("2001:db8:0:1::1", "2001:db8:0:2::1", 200),
        ("203.0.113.1", "203.0.113.2", 200),
    ],
)
def test_addresses_of_one_home_are_one(call, one, other, status):
    statuses(call, 2, address=one)

    assert statuses(call, 1, address=other) == [status]


def test_the_description_is_a_call_too(call):
    assert statuses(call, 3, path="openapi.json") == [200, 200, 429]


def test_pages_are_no_calls(call, programs):
    from django.test import Client, override_settings

    with override_settings(API_TOKEN_CALLS_PER_MIN=1, API_ADDRESS_CALLS_PER_MIN=1):
        client = Client(SERVER_NAME="localhost")
        pages = [client.get(f"/{programs.code}/sign-in") for _ in range(3)]

    assert [page.status_code for page in pages] == [200, 200, 200]
    assert not any("RateLimit" in page for page in pages)


def test_no_limit_is_no_limit(programs):
    from django.test import Client, override_settings

    headers = {"authorization": f"Bearer {programs.code}.{FIRST}"}
    with override_settings(API_TOKEN_CALLS_PER_MIN=0, API_ADDRESS_CALLS_PER_MIN=0):
        client = Client(SERVER_NAME="localhost")
        answers = [client.get("/api/v1/queries/audit.verify", headers=each) for each in (headers, {}) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 401, 401, 401]
    assert not any("RateLimit" in answer for answer in answers)
