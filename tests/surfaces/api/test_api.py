"""The API: tokens let programs in, every call has an address, refusals tell clauses, foreign objects are not there."""

from __future__ import annotations

import json
from uuid import UUID

import pytest

from spojka.access.operations.registry import all_operations, find
from spojka.surfaces.web.visits import VISITOR
from tests.surfaces.shop import OPENED, Shop, done

OPERATOR, CUSTOMER = "o" * 40, "c" * 40


@pytest.fixture(scope="session")
def tokens(shop: Shop) -> Shop:
    """The shop, with a token of the operator and one of Eva."""
    for login, secret in (("operator", OPERATOR), ("eva", CUSTOMER)):
        given = {"login": login, "program": "test", "secret": secret}
        done(shop.tenant, "users.add_token", given, OPENED)
    return shop


@pytest.fixture
def own_tokens(own_shop: Shop) -> Shop:
    """A shop of the test's own, with a token of the operator."""
    given = {"login": "operator", "program": "test", "secret": OPERATOR}
    done(own_shop.tenant, "users.add_token", given, OPENED)
    return own_shop


@pytest.fixture
def api(tokens):
    """Call an address: `api("queries/overview.search", {"text": "eva"})`."""
    from django.test import Client

    client = Client(SERVER_NAME="localhost", enforce_csrf_checks=True)

    def calling(path, body=None, *, secret=OPERATOR, key="", get=False, language="en", of=tokens):
        headers = {"accept-language": language}
        if secret:
            headers["authorization"] = f"Bearer {of.code}.{secret}"
        if key:
            headers["idempotency-key"] = key
        if get:
            return client.get(f"/api/v1/{path}", body or {}, headers=headers)
        return client.post(f"/api/v1/{path}", json.dumps(body), content_type="application/json", headers=headers)

    return calling


def test_a_query_answers_with_its_result(api, tokens):
    answer = api("queries/overview.search", {"text": "eva"})

    assert answer.status_code == 200
    assert [line["party"] for line in answer.json()["result"]] == [str(tokens.eva)]


def test_what_reads_may_be_asked_by_an_address_alone(api, tokens):
    answer = api("queries/overview.search", {"text": "601", "most": "1"}, get=True)

    assert len(answer.json()["result"]) == 1


@pytest.mark.parametrize("secret", ["", "x" * 40])
def test_no_token_and_a_wrong_one_are_turned_away(api, secret):
    assert api("queries/overview.search", {"text": "eva"}, secret=secret).status_code == 401


def test_a_token_of_no_provider_is_turned_away(tokens):
    from django.test import Client

    for header in ("Bearer nobody.secret", "Bearer secret", "Basic x"):
        answer = Client(SERVER_NAME="localhost").get("/api/v1/queries/audit.verify", headers={"authorization": header})
        assert answer.status_code == 401


def test_a_call_with_a_key_is_done_once_and_answers_the_same(api, tokens):
    body = {"kind": "consumer", "name": "Klára Jednou"}

    first, again = (api("operations/parties.register", body, key="key-1").json() for _ in range(2))
    other = api("operations/parties.register", {**body, "name": "Jiná"}, key="key-1")

    assert first["result"] == again["result"]
    assert (first["replayed"], again["replayed"]) == (False, True)
    assert other.status_code == 422
    assert other.json()["refusal"]["code"] == "KEY_REUSED"


@pytest.mark.parametrize(("language", "words"), [("cs", "Chybí jméno"), ("en", "The name is missing")])
def test_a_refusal_tells_code_clauses_figures_and_words(api, language, words):
    answer = api("operations/parties.register", {"kind": "consumer", "name": ""}, language=language)

    refusal = answer.json()["refusal"]
    assert answer.status_code == 422
    assert refusal["code"] == "NAME_MISSING"
    assert set(refusal) == {"code", "clauses", "figures", "words"}
    assert words in refusal["words"]


def test_arguments_that_do_not_fit_are_named_one_by_one(api):
    answer = api("operations/parties.register", {"kind": "alien", "nam": "x"})

    assert answer.status_code == 400
    assert set(answer.json()["problems"]) == {"kind", "nam", "name"}


@pytest.mark.parametrize("body", ["[]", "{", '"text"'])
def test_a_body_that_is_no_object_is_an_error_with_its_cause(tokens, body):
    from django.test import Client

    answer = Client(SERVER_NAME="localhost").post(
        "/api/v1/operations/parties.register",
        body,
        content_type="application/json",
        headers={"authorization": f"Bearer {tokens.code}.{OPERATOR}"},
    )

    assert answer.status_code == 400
    assert "the body is not" in answer.json()["problems"][""]


def test_a_call_that_nobody_registered_names_the_nearest(api):
    answer = api("operations/parties.registr", {})

    assert answer.status_code == 404
    assert "parties.register" in answer.json()["problem"]


@pytest.mark.clause("nej/4.10")
def test_a_customers_token_does_not_see_another_customers_invoice_and_the_attempt_is_kept(api, tokens):
    foreign = api("queries/overview.invoice", {"invoice": str(tokens.jan_invoice)}, secret=CUSTOMER)
    nothing = api("queries/overview.invoice", {"invoice": str(UUID(int=7))}, secret=CUSTOMER)
    own = api("queries/overview.invoice", {"invoice": str(tokens.eva_invoice)}, secret=CUSTOMER)

    kept = tokens.rows("SELECT body FROM event WHERE kind = 'security.foreign_object' ORDER BY id DESC LIMIT 2")
    assert (foreign.status_code, nothing.status_code, own.status_code) == (404, 404, 200)
    assert foreign.json()["refusal"]["code"] == nothing.json()["refusal"]["code"]
    assert {row["body"]["object"] for row in kept} == {str(tokens.jan_invoice), str(UUID(int=7))}
    assert {row["body"]["party"] for row in kept} == {str(tokens.eva)}


def test_a_customers_token_may_not_do_what_staff_do(api, tokens):
    answer = api("operations/services.end", {"service": str(tokens.eva_service)}, secret=CUSTOMER)

    assert answer.status_code == 403
    assert answer.json()["refusal"]["code"] == "NOT_AUTHORISED"


def test_a_batch_of_usage_has_an_address_of_its_own(api, tokens):
    record = {"id": "api-1", "msisdn": "+420777123456", "kind": "sms", "at": "2026-02-10T10:00:00+01:00", "parts": 1}

    answer = api("usage", {"records": [record], "source": "api"})

    assert answer.status_code == 200
    assert answer.json()["result"]["suspended"] == 1


@pytest.mark.clause("nej/8.2")
@pytest.mark.parametrize(("on", "status"), [("2021-07-31", 422), ("2021-08-01", 200)])
def test_the_terms_valid_on_a_day_are_told_without_a_token(tokens, on, status):
    from django.test import Client

    path = f"/api/v1/providers/{tokens.code}/queries/publications.in_force"
    answer = Client(SERVER_NAME="localhost").get(path, {"document": "nej-mobil/operating-rules", "on": on})

    assert answer.status_code == status
    if status == 422:
        assert answer.json()["refusal"]["clauses"] == ["nej/8.2"]


def test_without_a_token_nothing_else_is_told(tokens):
    from django.test import Client

    client = Client(SERVER_NAME="localhost")
    for name in ("overview.search", "overview.provider", "users.sign_in", "users.identify", "users.of_token", "x.y"):
        answer = client.get(f"/api/v1/providers/{tokens.code}/queries/{name}", {"secret": OPERATOR})
        assert (name, answer.status_code) == (name, 404)
    assert client.get("/api/v1/providers/nobody/queries/publications.editions").status_code == 404


def test_signing_in_by_the_api_counts_for_the_address_that_calls_or_the_one_that_is_told(api, own_tokens, monkeypatch):
    monkeypatch.setattr("spojka.access.users.places.PLACE_FAILURES", 2)

    def attempt(login, **more):
        given = {"login": login, "password": "wrong", **more}
        return api("operations/users.sign_in", given, of=own_tokens)

    statuses = [attempt(f"made-up-{number}").status_code for number in range(2)]
    shut_out = attempt("operator")

    assert statuses == [200, 200]
    assert (shut_out.status_code, shut_out["Retry-After"]) == (429, "900")
    assert shut_out.json()["refusal"]["code"] == "ADDRESS_LOCKED"
    assert attempt("operator", address="203.0.113.9").status_code == 200


def test_what_is_public_are_queries_that_a_visitor_may_ask(tokens):
    from spojka.surfaces.api.urls import PUBLIC

    public = [find(name) for name in PUBLIC]

    assert {(one.kind, VISITOR.may(one.permission)) for one in public} == {("query", True)}


def test_a_call_that_names_files_of_this_machine_is_not_offered(api, tmp_path):
    file = tmp_path / "secret.csv"
    file.write_text("top secret")

    for way in ("operations", "queries"):
        answer = api(f"{way}/usage.import_file", {"path": str(file)})
        assert answer.status_code == 404
        assert "secret" not in answer.content.decode()


def test_a_character_that_no_text_may_hold_is_the_callers_error(api):
    answer = api("operations/parties.register", {"kind": "consumer", "name": "Eva\0"})

    assert answer.status_code == 400
    assert set(answer.json()["problems"]) == {"name"}


def test_the_description_names_every_call_with_its_arguments_and_refusals(tokens):
    from django.test import Client

    from spojka.surfaces.api.urls import offered

    found = Client(SERVER_NAME="localhost").get("/api/v1/openapi.json").json()

    paths = {path.removeprefix("/api/v1") for path in found["paths"]}
    expected = {f"/{'operations' if one.kind == 'operation' else 'queries'}/{one.name}" for one in offered()}
    signing = found["paths"]["/api/v1/operations/contracts.sign"]["post"]
    body = signing["requestBody"]["content"]["application/json"]["schema"]
    ids = [one["operationId"] for path in found["paths"].values() for one in path.values()]
    assert expected <= paths
    assert {one.name for one in all_operations()} - {one.name for one in offered()} == {"usage.import_file"}
    assert not any("usage.import_file" in path for path in paths)
    assert set(body["required"]) == {"party", "product"}
    assert "TERMS_NOT_ATTACHED" in signing["responses"]["422"]["description"]
    assert len(ids) == len(set(ids))


def test_every_reference_of_the_description_leads_somewhere(tokens):
    import re

    from django.test import Client

    text = Client(SERVER_NAME="localhost").get("/api/v1/openapi.json").content.decode()

    named = set(re.findall(r'"#/components/schemas/(\w+)"', text))
    assert named <= set(json.loads(text)["components"]["schemas"])
