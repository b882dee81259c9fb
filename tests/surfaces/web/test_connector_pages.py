"""The console's pages of messages: there in both languages, for whom they are, with what they hold."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from spojka.access.database.connections import transaction
from spojka.access.operations.context import OPERATOR, Context
from spojka.kernel.ids import uuid7
from spojka.network.messaging.routes.store import route_settings
from tests.surfaces.connector_shop import open_connector
from tests.surfaces.shop import TODAY

PAGES = (
    "/console/",
    "/console/messages",
    "/console/messages/search",
    "/console/messages/search?recipient=602000001&status=delivered",
    "/console/messages/search?reference=nothing",
    "/console/messages/test",
    "/console/messages/{shop.application}/{shop.messages[delivered]}",
    "/console/messages/{shop.application}/{shop.messages[long]}",
    "/console/messages/{shop.application}/{shop.messages[failed]}",
    "/console/messages/{shop.application}/{shop.messages[uncertain]}",
    "/console/messages/{shop.application}/{shop.messages[waiting]}",
    "/console/applications",
    "/console/applications?application=pek",
    "/console/applications?application=nobody",
    "/console/applications/{shop.application}",
    "/console/applications/{shop.other}",
    "/console/applications/{shop.application}/faults/{shop.fault}",
    "/console/ways",
    "/console/ways?way=smsc-a",
    "/console/ways?kind=mm7",
)


@pytest.fixture(scope="module")
def connector(database):
    """A provider of the connector that tests read."""
    return open_connector(f"conn-{uuid7().hex[-8:]}")


@pytest.fixture
def own_connector(database):
    """A provider of the connector that the test may change."""
    return open_connector(f"conn-{uuid7().hex[-8:]}")


@pytest.fixture
def _nothing_missing(monkeypatch):
    """A template that names what is not there shows a mark."""
    from django.template import engines

    monkeypatch.setattr(engines["django"].engine, "string_if_invalid", "MISSING(%s)")


@pytest.mark.usefixtures("_nothing_missing")
@pytest.mark.parametrize("language", ["cs", "en"])
@pytest.mark.parametrize("page", PAGES)
def test_every_page_is_there_in_both_languages(visit, connector, page, language):
    visitor = visit("operator", of=connector, language=language)
    visitor.client.cookies["spojka_language"] = language

    answer = visitor.get(page.format(shop=connector))

    text = answer.content.decode()
    assert answer.status_code == 200
    assert f'<html lang="{language}">' in text
    assert text.count("<h1") == 1
    assert "MISSING(" not in text


MESSAGE = "/console/messages/{shop.application}/{shop.messages[delivered]}"
OURS = (
    "/console/messages",
    "/console/messages/search",
    "/console/messages/test",
    "/console/applications",
    "/console/ways",
)


@pytest.mark.parametrize("page", OURS)
def test_a_provider_without_messages_has_no_such_pages_and_no_way_to_them(visit, shop, page):
    visitor = visit("operator")

    assert visitor.get(page).status_code == 404
    assert f"{page}" not in visitor.get("/console/").content.decode()


@pytest.mark.parametrize("page", [*OURS, MESSAGE, "/console/applications/{shop.application}"])
def test_whoever_has_not_signed_in_is_asked_to(visit, connector, page):
    answer = visit(of=connector).get(page.format(shop=connector))

    assert answer.status_code == 302
    assert "/sign-in?" in answer["Location"]


@pytest.mark.parametrize("page", [*OURS, MESSAGE, "/console/applications/{shop.application}"])
def test_a_role_without_the_right_is_refused_and_sees_no_way_there(visit, connector, page):
    visitor = visit("till", of=connector)

    answer = visitor.get(page.format(shop=connector))

    assert answer.status_code == 403
    assert "/console/messages" not in visitor.get("/console/").content.decode()


def test_the_networks_staff_see_a_life_without_its_words_and_its_price(visit, connector):
    page = MESSAGE.format(shop=connector)

    grid, all_seen = (visit(login, of=connector).get(page).content.decode() for login in ("grid", "operator"))

    assert "Síť ji převzala" in grid
    assert "Objednávka je připravená" not in grid
    assert "Text číst nesmíte" in grid
    assert "Kč" not in grid
    assert "Objednávka je připravená" in all_seen
    assert "1,10" in all_seen


def test_the_networks_staff_change_ways_and_nothing_of_applications(visit, connector):
    visitor = visit("grid", of=connector)

    page = visitor.get(f"/console/applications/{connector.application}").content.decode()
    answer = visitor.post(
        f"/console/applications/{connector.application}", do="set_limit", period="day", value="9", reason="x"
    )

    assert 'value="set_limit"' not in page
    assert answer.status_code == 403
    assert visitor.get("/console/messages/test").status_code == 403
    assert visitor.get("/console/ways").status_code == 200


def test_another_providers_message_and_application_are_not_there(visit, connector, own_connector):
    visitor = visit("operator", of=connector)

    for page in (MESSAGE, "/console/applications/{shop.application}"):
        assert visitor.get(page.format(shop=own_connector)).status_code == 404


def test_a_life_tells_each_decision_with_its_clause(visit, connector):
    page = visit("operator", of=connector).get(MESSAGE.format(shop=connector)).content.decode()

    for told in (
        "Přijato",
        "999021",
        "5\N{NO-BREAK SPACE}000 denně",
        "5 SMS za sekundu",
        "obj-1",
        "Doručeno",
        "smsc-a",
    ):
        assert told in page, told
    for clause in ("3.1", "1.4", "2.2", "8.1", "3.3", "4.1", "6.3", "7.1"):
        assert f"#{clause}" in page, clause


@pytest.mark.parametrize(
    ("language", "words"), [("cs", "Centrum neodpovědělo včas"), ("en", "The centre did not answer in time")]
)
def test_what_was_noticed_is_told_in_the_readers_language(visit, connector, language, words):
    visitor = visit("operator", of=connector)
    visitor.client.cookies["spojka_language"] = language

    text = visitor.get(f"/console/messages/{connector.application}/{connector.messages['uncertain']}").content.decode()

    assert words in text
    assert "no answer in time" not in text


def test_a_life_that_goes_on_is_asked_for_again_and_one_that_is_over_is_not(visit, connector):
    visitor = visit("operator", of=connector)

    lives = {
        name: visitor.get(f"/console/messages/{connector.application}/{connector.messages[name]}").content.decode()
        for name in ("waiting", "sent", "delivered", "failed", "uncertain")
    }

    assert {name for name, text in lives.items() if "every 2s" in text} == {"waiting", "sent", "uncertain"}


def test_only_the_life_is_sent_to_a_page_that_asks_for_it_again(visit, connector):
    page = f"/console/messages/{connector.application}/{connector.messages['waiting']}"

    text = visit("operator", of=connector).get(page, **{"HX-Request": "true"}).content.decode()

    again = text.partition('hx-get="')[2].partition('"')[0].partition("?")[2]
    unchanged = visit("operator", of=connector).get(f"{page}?{again}", **{"HX-Request": "true"})

    assert "<html" not in text
    assert (unchanged.status_code, unchanged.content) == (204, b"")
    assert 'id="life"' in text
    assert "Čeká ve frontě" in text


def test_only_the_figures_are_sent_to_a_page_that_asks_for_them_again(visit, connector):
    text = visit("operator", of=connector).get("/console/messages", **{"HX-Request": "true"}).content.decode()

    assert text.lstrip().startswith('<div class="stack" id="flow"')
    assert "<html" not in text
    assert "<details" not in text


@pytest.mark.parametrize("page", ["/console/messages", MESSAGE])
def test_a_live_part_without_a_session_leads_the_whole_page_to_the_way_in_and_back(visit, connector, page):
    visitor = visit(of=connector)
    at = f"http://localhost/{connector.code}{page.format(shop=connector)}"

    answer = visitor.get(page.format(shop=connector), **{"HX-Request": "true", "HX-Current-URL": at})

    led = urlsplit(answer["HX-Redirect"])
    back = visitor.sign_in("operator", next=parse_qs(led.query)["next"][0])
    assert (answer.status_code, answer.content) == (204, b"")
    assert led.path == f"/{connector.code}/sign-in"
    assert back["Location"] == at


@pytest.mark.parametrize(("language", "words"), [("cs", "nejde o živý obraz"), ("en", "Not live since")])
@pytest.mark.parametrize("page", ["/console/messages", MESSAGE])
def test_a_live_page_has_words_for_a_server_that_is_away(visit, connector, page, language, words):
    visitor = visit("operator", of=connector, language=language)
    visitor.client.cookies["spojka_language"] = language

    text = visitor.get(page.format(shop=connector)).content.decode()

    assert words in text.partition('aria-live="polite" data-stale="')[2].partition('"')[0]


def submitted(visitor, shop, **changed):
    fields = {"application": shop.application, "to": "602000001", "text": "Zkouška", "sender": "", "coding": "auto"}
    fields |= {"class": "standard", "purpose": "service", "key": str(uuid7())}
    return visitor.post("/console/messages/test", **{**fields, **changed})


def test_a_test_message_leaves_for_no_application_that_was_not_chosen(visit, connector):
    answer = submitted(visit("operator", of=connector), connector, application="")

    assert answer.status_code == 422
    assert "Vyberte aplikaci" in answer.content.decode().partition('role="alert"')[2][:200]


@pytest.mark.parametrize(
    ("changed", "field", "code"),
    [
        ({"to": "12"}, "to", "RECIPIENT_INVALID"),
        ({"sender": "Nikdo"}, "sender", "NICKNAME_NOT_ACTIVE"),
        ({"text": "ř" * 700}, "text", "MESSAGE_TOO_LONG"),
    ],
)
def test_a_refusal_stands_at_its_field_with_its_code(visit, connector, changed, field, code):
    answer = submitted(visit("operator", of=connector), connector, **changed)

    text = answer.content.decode()
    assert answer.status_code == 422
    assert code in text
    wrong = text[text.index('class="field wrong"') :]
    assert f'id="{field}"' in wrong[:400]
    assert 'aria-invalid="true"' in wrong[:700]


def test_a_refusal_of_a_class_stands_at_the_class(visit, connector):
    answer = submitted(visit("operator", of=connector), connector, application=connector.other, **{"class": "priority"})

    text = answer.content.decode()
    assert "PRIORITY_NOT_AVAILABLE" in text
    assert 'id="class"' in text[text.index('class="field wrong"') :][:400]


def test_a_test_message_is_accepted_once_however_often_its_form_is_sent(visit, own_connector):
    visitor = visit("operator", of=own_connector)

    first = submitted(visitor, own_connector, key="k-1")
    again = submitted(visitor, own_connector, key="k-1")

    rows = own_connector.rows("SELECT id, body, options FROM message ORDER BY id DESC LIMIT 2")
    assert first.status_code == again.status_code == 302
    assert first["Location"] == again["Location"]
    assert str(rows[0]["id"]) in first["Location"]
    assert (bytes(rows[0]["body"]).decode(), rows[0]["options"]) == ("Zkouška", {"report": True})
    assert bytes(rows[1]["body"]).decode() != "Zkouška"


def test_a_preview_says_why_a_text_takes_more(visit, connector):
    visitor = visit("operator", of=connector)
    fields = {"application": connector.application, "to": "602000001", "text": "Přijedu " * 10, "coding": "auto"}
    fields |= {"class": "standard", "sender": ""}

    plain = visitor.post("/console/messages/preview", **{**fields, "text": "Prijedu"}).content.decode()
    dear = visitor.post("/console/messages/preview", **fields).content.decode()
    replaced = visitor.post("/console/messages/preview", **{**fields, "coding": "gsm7-translit"}).content.decode()

    assert "1\N{NO-BREAK SPACE}SMS" in plain
    assert "2\N{NO-BREAK SPACE}SMS" in dear
    assert "kvůli „ř“" in dear
    assert "1\N{NO-BREAK SPACE}SMS" in replaced


def acted(visitor, shop, **fields):
    return visitor.post(f"/console/applications/{shop.application}", key=str(uuid7()), **fields)


def test_a_limit_needs_a_reason_and_what_was_written_stays(visit, connector):
    answer = acted(visit("operator", of=connector), connector, do="set_limit", period="month", value="77", reason=" ")

    text = answer.content.decode()
    assert answer.status_code == 422
    assert "REASON_MISSING" in text
    assert 'value="77"' in text


def test_what_staff_do_on_an_application_is_done_by_its_operations(visit, own_connector):
    shop, visitor = own_connector, visit("operator", of=own_connector)
    view = shop.do("connector.application", application=shop.application)
    (asked,) = shop.do("connector.limits", application=shop.application).requests
    (certificate,) = shop.do("certificates.of_application", application=shop.application).certificates

    done = [
        acted(visitor, shop, do="set_limit", period="month", value="70000", reason="zkouška"),
        acted(visitor, shop, do="grant_limit", request=asked.id, value="8000"),
        acted(visitor, shop, do="approve", option=view.options[0].id),
        acted(visitor, shop, do="name_contact", name="Ema Malá", phone="+420601000008", login=""),
        acted(visitor, shop, do="withdraw", recipient="602000001", scope="all", source="call"),
        acted(visitor, shop, do="set_mode", mode="enforce"),
        acted(visitor, shop, do="report", fingerprint=certificate.fingerprint, reason="ztráta"),
        acted(visitor, shop, do="block", fingerprint=certificate.fingerprint),
        acted(visitor, shop, do="nothing"),
    ]

    page = visitor.get(f"/console/applications/{shop.application}").content.decode()
    assert [answer.status_code for answer in done] == [302] * len(done)
    for seen in ("z 8\N{NO-BREAK SPACE}000", "z 70\N{NO-BREAK SPACE}000", "Ema Malá", "Odvolání"):
        assert seen in page, seen
    assert shop.do("connector.application", application=shop.application).nicknames == ["Pekarna"]
    (blocked,) = shop.do("certificates.of_application", application=shop.application).certificates
    assert blocked.status == "revoked"


@pytest.mark.parametrize(
    ("do", "fields", "column"),
    [
        ("set_webhook", {"url": "https://program.example.com/in"}, "webhook_url"),
        ("set_account", {"system_id": ""}, None),
    ],
)
def test_a_secret_is_shown_once(visit, own_connector, do, fields, column):
    visitor = visit("operator", of=own_connector)

    text = acted(visitor, own_connector, do=do, **fields).content.decode()
    again = visitor.get(f"/console/applications/{own_connector.application}").content.decode()

    assert '<code class="secret">' in text
    secret = text.partition('<code class="secret">')[2].partition("<")[0]
    assert len(secret) >= 8
    assert secret not in again


def test_a_way_is_set_changed_and_removed_and_its_password_is_never_shown(visit, own_connector):
    visitor, way = visit("operator", of=own_connector), {"kind": "smpp", "host": "127.0.0.1", "port": "2776"}
    way |= {"name": "smsc-b", "networks": "Vodafone, T-Mobile", "system_id": "spojka", "password": "tajne123"}

    pages = [visitor.post("/console/ways", do="set", key=str(uuid7()), **way)]
    pages += [visitor.get("/console/ways?way=smsc-b")]
    routes = {one.name: one for one in own_connector.do("connector.routes")}
    pages += [visitor.post("/console/ways", do="remove", name="smsc-b", key=str(uuid7()))]

    assert [page.status_code for page in pages] == [302, 200, 302]
    assert (routes["smsc-b"].networks, routes["smsc-b"].port) == (["Vodafone", "T-Mobile"], 2776)
    assert all("tajne123" not in page.content.decode() for page in pages)
    assert [one.name for one in own_connector.do("connector.routes")] == ["smsc-a"]


def test_a_change_keeps_the_password_that_is_not_written_and_a_new_way_replaces_none(visit, own_connector):
    visitor, way = visit("operator", of=own_connector), {"kind": "smpp", "host": "127.0.0.1", "port": "2776"}
    way |= {"name": "smsc-b", "networks": "Vodafone", "system_id": "spojka"}
    sealed = []

    def passwords():
        with transaction(own_connector.tenant) as db:
            ctx = Context(db, own_connector.tenant, OPERATOR, TODAY, uuid7(), None)
            return {one.name: one.client.password for one in route_settings(ctx)}["smsc-b"]

    visitor.post("/console/ways", do="set", **way, password="tajne123")
    form = visitor.get("/console/ways?way=smsc-b").content.decode()
    again = visitor.post("/console/ways", do="set", **way, password="jine")
    other = visitor.post("/console/ways", do="set", changed="smsc-a", **way)
    for sent in ({"port": "2777"}, {"no_password": "on"}):
        visitor.post("/console/ways", do="set", changed="smsc-b", **{**way, **sent})
        sealed.append(passwords())

    assert 'name="changed" value="smsc-b"' in form
    assert [(one.status_code, "ROUTE_EXISTS" in one.content.decode()) for one in (again, other)] == [(422, True)] * 2
    assert sealed == ["tajne123", ""]


TO_MMSC = {"kind": "mm7", "url": "https://mmsc.example/mm7"}


@pytest.mark.parametrize(
    ("changed", "field", "told"),
    [
        ({"name": "smsc-a"}, "name", "ROUTE_EXISTS"),
        ({"name": "SMSC B"}, "name", "ROUTE_NAME_INVALID"),
        ({"networks": "O2"}, "networks", "NETWORK_HAS_ROUTE"),
        ({"port": "70000"}, "port", "Napište číslo od 1 do 65535."),
        ({"system_id": "x" * 16}, "system_id", "Napište 1 až 15 znaků."),
        ({"password": "x" * 9}, "password", "Napište nejvýše 8 znaků."),
        ({**TO_MMSC, "vasp_id": "x" * 65}, "vasp_id", "Napište nejvýše 64 znaků."),
        ({**TO_MMSC, "url": "ftp://mmsc.example"}, "url", "Napište adresu jako https://server/cesta."),
        ({**TO_MMSC, "heard_as": "mmsc"}, "heard_password", "Uveďte jméno i heslo, nebo ani jedno."),
    ],
)
def test_a_way_that_cannot_be_says_at_which_field(visit, connector, changed, field, told):
    way = {"kind": "smpp", "name": "smsc-b", "networks": "Vodafone", "host": "127.0.0.1", "port": "2776"}

    answer = visit("operator", of=connector).post("/console/ways", **{**way, "system_id": "s", **changed})

    text = answer.content.decode()
    assert answer.status_code == 422
    assert text.count('class="field wrong"') == 1
    wrong = text.partition('class="field wrong"')[2].partition("</div>")[0]
    assert f'id="{field}"' in wrong
    assert told in wrong.partition('role="alert" id="problem">')[2]


def test_a_search_over_all_applications_says_whose_a_message_is(visit, connector):
    view = connector.do("connector.application", application=connector.application)

    text = visit("operator", of=connector).get("/console/messages/search").content.decode()

    assert f": {view.name}</span></th>" in text


@pytest.mark.parametrize("field", ["from", "to"])
def test_a_day_that_is_none_is_told_at_its_field(visit, connector, field):
    text = visit("operator", of=connector).get(f"/console/messages/search?{field}=x").content.decode()

    wrong = text.partition('class="field wrong"')[2].partition("</div>")[0]
    assert f'id="{field}"' in wrong
    assert "To není den." in wrong


@pytest.mark.parametrize(
    ("page", "most"),
    [
        ("/console/messages", 24),
        ("/console/messages/search?recipient=602000001", 24),
        ("/console/applications", 14),
        ("/console/applications/{shop.application}", 90),
    ],
)
def test_a_page_asks_the_database_a_bounded_number_of_times(visit, connector, statements, page, most):
    visitor = visit("operator", of=connector)
    visitor.get(page.format(shop=connector))
    del statements[:]

    visitor.get(page.format(shop=connector))

    assert len(statements) <= most


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ("from=1969-12-31", False),
        ("to=1950-01-01", False),
        ("from=0001-01-01", True),
        ("to=9999-12-31", True),
        ("from=0002-01-01&to=9998-12-31", False),
    ],
)
def test_messages_are_looked_for_on_any_day_that_can_be_written(visit, connector, query, wrong):
    answer = visit("operator", of=connector).get(f"/console/messages/search?{query}")

    assert answer.status_code == 200
    assert ('aria-invalid="true"' in answer.content.decode()) == wrong
