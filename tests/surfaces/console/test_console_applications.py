"""Staff at an application: what was sent with its certificate, which application is meant, what replaces a secret."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from spojka.access.database.connections import transaction
from spojka.access.operations.context import OPERATOR, Context
from spojka.kernel.ids import uuid7
from spojka.network.messaging.applications.diagnosis.store import Refused, add_refused
from spojka.network.messaging.certificates.generating import Holder, certificate_pem, new_key, self_signed
from tests.surfaces.connector_shop import open_connector
from tests.surfaces.shop import TODAY


@pytest.fixture(scope="module")
def connector(database):
    """A provider of the connector that tests read."""
    return open_connector(f"desk-{uuid7().hex[-8:]}")


@pytest.fixture
def own_connector(database):
    """A provider of the connector that the test may change."""
    return open_connector(f"desk-{uuid7().hex[-8:]}")


def _written(text: str) -> str:
    """What stands in the field of the application."""
    return re.search(r'<input id="application" name="application" value="([^"]*)"', text)[1]


NAMED = {"application": "999021 Pekárna: pokladna", "other": "1991022 Pekárna: pokladna"}


@pytest.mark.parametrize("page", ["test", "search"])
@pytest.mark.parametrize("one", NAMED)
def test_an_application_is_known_by_its_id_its_numbers_and_as_the_field_offers_it(visit, connector, page, one):
    visitor, id_ = visit("operator", of=connector), getattr(connector, one)
    line = connector.do("connector.application", application=id_)

    for asked in (str(id_), line.app_number, line.msisdn.removeprefix("+420"), NAMED[one]):
        text = visitor.get(f"/console/messages/{page}?application={asked}").content.decode()
        assert _written(text) == NAMED[one], asked
        assert 'class="field wrong"' not in text


def test_an_application_beyond_those_that_are_offered_is_found_in_the_database(visit, connector, monkeypatch):
    monkeypatch.setattr("spojka.surfaces.console.choosing.MOST_OFFERED", 1)
    visitor = visit("operator", of=connector)

    before = visitor.get("/console/messages/search").content.decode()
    offered = visitor.get("/console/applications/choices?application=1991").content.decode()
    found = visitor.get("/console/messages/search?application=1991022").content.decode()
    mine = visitor.get(f"/console/messages/search?application={connector.application}").content.decode()

    assert before.count("<option value=") - before.count('<option value="1991022') >= 1
    assert re.findall(r'<option value="([^"]+)"', offered) == [NAMED["other"]]
    assert _written(found) == NAMED["other"]
    assert "Pekárna: pokladna</span></th>" in mine


def test_applications_that_a_name_may_mean_are_links_also_without_another_filter(visit, connector):
    text = visit("operator", of=connector).get("/console/messages/search?application=pokladna").content.decode()

    for one in (connector.application, connector.other):
        assert f'href="?application={one}"' in text


@pytest.mark.parametrize(
    ("asked", "said", "links"),
    [("pokladna", "Vyhovuje více aplikací", 2), ("nikdo", "Žádná aplikace nevyhovuje", 0)],
)
def test_a_name_that_means_no_single_application_is_told_at_its_field_and_shows_no_messages(
    visit, connector, asked, said, links
):
    path = f"/console/messages/search?application={asked}&status=sent"

    text = visit("operator", of=connector).get(path).content.decode()

    field = text.partition('<div class="field wrong"><label for="application"')[2].partition('<label for="status"')[0]
    assert said in field
    assert field.count('href="?status=sent&amp;application=') == links
    assert "Nic se nehledalo." in text
    assert "602 000" not in text.replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(("asked", "said"), [("", "Vyberte aplikaci"), ("pokladna", "Vyhovuje více"), ("x", "Žádná")])
def test_no_test_message_leaves_for_an_application_that_is_not_known(visit, connector, asked, said):
    before = connector.rows("SELECT count(*) AS n FROM message")
    fields = {"to": "602000001", "text": "Zkouška", "application": asked, "key": str(uuid7())}

    answer = visit("operator", of=connector).post("/console/messages/test", **fields)

    assert answer.status_code == 422
    assert said in answer.content.decode().partition('role="alert"')[2][:200]
    assert connector.rows("SELECT count(*) AS n FROM message") == before


def test_a_test_message_leaves_for_the_application_whose_number_is_written(visit, own_connector):
    fields = {"to": "602000001", "text": "Zkouška", "application": "999021", "purpose": "service"}

    answer = visit("operator", of=own_connector).post("/console/messages/test", **fields)

    assert answer.status_code == 302
    assert str(own_connector.application) in answer["Location"]


@pytest.mark.clause("o2/7.3")
def test_staff_see_why_an_applications_programs_were_refused(visit, own_connector):
    with transaction(own_connector.tenant) as db:
        ctx = Context(db, own_connector.tenant, OPERATOR, TODAY, uuid7(), None)
        minute = TODAY - timedelta(minutes=1)
        add_refused(ctx, {Refused(own_connector.application, minute, "https", "DAILY_LIMIT_EXCEEDED"): 37})

    page = visit("operator", of=own_connector).get(f"/console/applications/{own_connector.application}")

    for said in ("Odmítnuto za 24 hodin", "DAILY_LIMIT_EXCEEDED", ">37<"):
        assert said in page.content.decode()


@pytest.mark.clause("o2/7.3")
def test_staff_see_a_faults_evidence_by_minute_and_code_and_take_it_as_a_file(visit, connector):
    visitor, page = visit("operator", of=connector), f"/console/applications/{connector.application}"
    at = TODAY - timedelta(hours=1, minutes=9)

    way = visitor.get(page).content.decode()
    text = visitor.get(f"{page}/faults/{connector.fault}").content.decode()
    file = visitor.get(f"{page}/faults/{connector.fault}.csv")

    assert f"faults/{connector.fault}" in way
    assert "Nejde odesílat" in text
    row = text.partition(f'datetime="{at.isoformat()}"')[2].partition("</tr>")[0]
    for said in ("Certifikátu skončila platnost", "HTTPS", "CERT_EXPIRED", '<td class="num">3</td>'):
        assert said in row
    assert text.partition('id="minutes"')[2].partition("</table>")[0].count("<tr>") == 1 + 10
    assert file["Content-Type"] == "text/csv; charset=utf-8"
    lines = file.content.decode().split("\r\n")
    assert lines[0] == "minuta,cesta,kód,důvod,počet"
    assert f"{at.isoformat()},https,CERT_EXPIRED,Certifikátu skončila platnost,3" in lines
    assert f"{at.isoformat()},smpp,SYSTEM_PASSWORD_WRONG,Heslo pro přihlášení nesouhlasilo,2" in lines
    assert len(lines) == 1 + 10 + 1


def test_a_fault_without_refused_requests_says_so_and_is_no_other_applications(visit, own_connector):
    reported = {"application": own_connector.other, "channel": "fault_desk", "caller": "Jana", "description": "Ticho"}
    checks = ["own_equipment", "own_power", "other_own_equipment"]
    visitor, root = visit("operator", of=own_connector), "/console/applications"

    before = visitor.get(f"{root}/{own_connector.other}").content.decode()
    ticket = own_connector.do("connector.report_fault", prechecks=checks, **reported).id
    own = visitor.get(f"{root}/{own_connector.other}/faults/{ticket}").content.decode()
    foreign = visitor.get(f"{root}/{own_connector.application}/faults/{ticket}")

    assert "Žádná porucha nebyla nahlášena." in before
    assert "Nic nebylo odmítnuto." in own
    assert 'id="minutes"' not in own
    assert ".csv" not in own
    assert foreign.status_code == 404


def test_staff_are_warned_before_a_new_secret_replaces_the_one_there_is(visit, own_connector):
    visitor, page = visit("operator", of=own_connector), f"/console/applications/{own_connector.application}"
    hook = {"do": "set_webhook", "url": "https://program.example.com/in"}
    warning = "Dosavadní hned přestane platit: předejte nové účastníkovi."

    without = visitor.get(page).content.decode()
    first = visitor.post(page, **hook).content.decode()
    before = visitor.get(page).content.decode()
    second = visitor.post(page, **hook).content.decode()

    secrets = [re.search(r'<code class="secret">([0-9a-f]{64})</code>', text)[1] for text in (first, second)]
    assert (warning in without, warning in before) == (False, True)
    assert len(set(secrets)) == 2
    assert not any(one in visitor.get(page).content.decode() for one in secrets)


def test_staff_see_what_was_sent_with_a_certificate_and_take_it_as_a_file(visit, connector):
    (one,) = connector.do("certificates.of_application", application=connector.application).certificates
    visitor, page = visit("operator", of=connector), f"/console/applications/{connector.application}"

    way = visitor.get(page).content.decode()
    text = visitor.get(f"{page}/certificates/{one.fingerprint}/sent").content.decode()
    file = visitor.get(f"{page}/certificates/{one.fingerprint}/sent.csv")

    assert f"{one.fingerprint}/sent" in way
    assert "Zatím s ním nic odesláno nebylo." in text
    assert "Účastník, ať klíč drží kdokoli." in text
    assert b"".join(file.streaming_content).decode().splitlines()[1:] == []
    for login in ("grid", "till"):
        assert visit(login, of=connector).get(f"{page}/certificates/{one.fingerprint}/sent").status_code == 403


@pytest.mark.clause("o2/10.3")
def test_staff_switch_an_application_on_once_its_documents_were_presented(visit, own_connector):
    contact = {"name": "Ema Malá", "phone": "+420601000008"}
    given = {"party": own_connector.party, "product": "SMSC_PLUS", "name": "Nová", "contact": contact, "override": "x"}
    made = own_connector.do("connector.order", **given).application.id
    visitor, page = visit("operator", of=own_connector), f"/console/applications/{made}"
    presented = re.findall(r'name="presented" value="([^"]+)"', visitor.get(page).content.decode())

    early = visitor.post(page, do="activate", presented=presented)
    unseen = visitor.post(page, do="activate")
    pem = certificate_pem(self_signed(new_key("ec"), Holder("nova", "Pekárna", ""), now=TODAY, days=400))
    own_connector.do("certificates.register_generated", application=made, certificate=pem)
    done = visitor.post(page, do="activate", presented=presented)

    (accepted,) = own_connector.do("connector.acceptances", application=made)
    assert [one.status_code for one in (early, unseen, done)] == [422, 422, 302]
    assert "CERT_UNKNOWN" in early.content.decode()
    assert "TERMS_NOT_PRESENTED" in unseen.content.decode()
    assert (accepted.actor, accepted.channel) == ("operator", "phone")
    assert 'value="activate"' not in visitor.get(page).content.decode()
