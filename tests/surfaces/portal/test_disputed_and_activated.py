"""What was sent with a certificate and who answers for it; an application that its subscriber switches on."""

from __future__ import annotations

import csv
import io
import re

import pytest

from tests.surfaces.portal.disputes import BORDERS, JANA, REQUESTED, add_disputed, ordered
from tests.surfaces.portal.subscribers import DAY
from tests.surfaces.shop import TODAY


@pytest.fixture(scope="module")
def disputed(connector):
    return add_disputed(connector)


@pytest.mark.clause("o2/6.3")
@pytest.mark.clause("o2/6.7")
@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("cs", ["poskytovatel", "ještě účastník", "ještě účastník", "účastník"]),
        ("en", ["provider", "subscriber still", "subscriber still", "subscriber"]),
    ],
)
def test_who_answers_for_a_message_changes_at_the_request_and_twenty_four_hours_later(
    visit, connector, disputed, language, said
):
    visitor = visit("jana", of=connector, language=language)
    visitor.client.cookies["spojka_language"] = language
    path = f"/portal/messaging/{connector.plus}/certificates/{disputed}/sent"

    text = visitor.get(path).content.decode()
    listed = b"".join(visitor.get(f"{path}.csv").streaming_content).decode()

    rows = list(csv.reader(io.StringIO(listed)))
    assert re.findall(r'<td><span class="tag[ \w]*">([^<]+)</span></td>', text) == said
    assert [(row[0], row[1]) for row in rows[1:]] == [
        (at.isoformat(), who) for at, who in zip(reversed(BORDERS), said, strict=True)
    ]
    assert rows[0][0] == {"cs": "přijato", "en": "accepted_at"}[language]
    assert [row[7][:3] for row in rows[1:]] == ["'=r"] * 4


def test_the_time_asked_for_narrows_the_page_and_its_file_alike(visit, connector, disputed):
    visitor = visit("jana", of=connector)
    path = f"/portal/messaging/{connector.plus}/certificates/{disputed}/sent"
    asked = f"from_at={REQUESTED.isoformat()}&to_at={(REQUESTED + DAY).isoformat()}".replace("+", "%2B")

    page = visitor.get(f"{path}?{asked}").content.decode()
    listed = b"".join(visitor.get(f"{path}.csv?{asked}").streaming_content).decode()

    assert page.count("ještě účastník</span>") == 2
    assert len(listed.splitlines()) == 3
    assert f"{disputed}/sent.csv?from_at=" in page


@pytest.mark.parametrize("asked", ["from_at=x", "before=x"])
def test_a_time_or_a_place_that_cannot_be_read_is_told_and_no_file_is_made_of_it(visit, connector, disputed, asked):
    visitor = visit("jana", of=connector)
    path = f"/portal/messaging/{connector.plus}/certificates/{disputed}/sent"

    page, file = visitor.get(f"{path}?{asked}"), visitor.get(f"{path}.csv?{asked}")

    assert (page.status_code, file.status_code) == (422, 302)
    assert 'role="alert"' in page.content.decode()
    assert file["Location"].endswith(f"{disputed}/sent?{asked}")


def test_a_long_list_goes_on_page_by_page_and_its_file_holds_all(visit, connector, disputed, monkeypatch):
    for name in ("ROWS", "PAGE"):
        monkeypatch.setattr(f"spojka.surfaces.web.transactions.{name}", 3)
    visitor = visit("jana", of=connector)
    path = f"/portal/messaging/{connector.plus}/certificates/{disputed}/sent"

    first = visitor.get(path).content.decode()
    further = re.search(r'href="(\?before=[^"]+)"', first)[1]
    second = visitor.get(f"{path}{further}").content.decode()
    listed = b"".join(visitor.get(f"{path}.csv").streaming_content).decode()

    assert [text.count("<tr><td") for text in (first, second)] == [3, 1]
    assert len(listed.splitlines()) == 5


@pytest.mark.parametrize("file", ["", ".csv"])
def test_what_was_sent_with_anothers_certificate_is_not_there(visit, connector, file):
    theirs = connector.others_certificate

    for application in (connector.plus, connector.others):
        page = f"/portal/messaging/{application}/certificates/{theirs}/sent{file}"
        assert visit("jana", of=connector).get(page).status_code == 404


@pytest.mark.clause("o2/10.3")
def test_an_application_is_switched_on_with_the_editions_that_its_page_showed(visit, own_connector):
    made = ordered(own_connector, contact=JANA)
    visitor, path = visit("jana", of=own_connector), f"/portal/messaging/{made}"

    listed = visitor.get("/portal/messaging").content.decode()
    text = visitor.get(path).content.decode()
    presented = re.findall(r'name="presented" value="([^"]+)"', text)
    done = visitor.post(path, do="activate", presented=presented)

    (accepted,) = own_connector.do("connector.acceptances", application=made)
    assert re.search(rf'href="[^"]*{made}">Zapnout</a>', listed)
    assert done.status_code == 302
    assert own_connector.do("connector.application", application=made).state == "active"
    assert f"{accepted.document}@{accepted.edition}" in presented
    assert (accepted.actor, accepted.accepted_at) == ("jana", TODAY)
    assert 'value="activate"' not in visitor.get(path).content.decode()


@pytest.mark.parametrize(
    ("order", "presented", "code"),
    [
        ({}, None, "CONTACT_PERSON_MISSING"),
        ({"contact": JANA}, "o2-connector/operating-conditions@2018-09", "TERMS_NOT_PRESENTED"),
        ({"contact": JANA, "at": TODAY - 40 * DAY, "days": 200}, None, "CERT_VALIDITY_TOO_SHORT"),
    ],
)
def test_what_is_missing_is_told_and_the_application_goes_on_waiting(visit, own_connector, order, presented, code):
    made = ordered(own_connector, **order)
    shown = [one.named for one in own_connector.do("connector.documents", application=made)]
    path = f"/portal/messaging/{made}"

    answer = visit("jana", of=own_connector).post(path, do="activate", presented=presented or shown)

    assert answer.status_code == 422
    assert code in answer.content.decode()
    assert own_connector.do("connector.application", application=made).state == "waiting"


def test_who_only_uses_the_services_sees_who_switches_it_on(visit, own_connector):
    made = ordered(own_connector, contact=JANA)

    visitor, path = visit("petr", of=own_connector), f"/portal/messaging/{made}"
    text = visitor.get(path).content.decode()
    tried = visitor.post(path, do="activate")

    assert 'value="activate"' not in text
    assert tried.status_code == 422
    assert own_connector.do("connector.application", application=made).state == "waiting"
    assert "Zapne ji jen ten, kdo jedná za firmu." in text


@pytest.mark.parametrize(
    ("name", "spelled"),
    [
        ("2.5.4.97=NTRCZ-25596641,CN=sklad,O=Pekárna", "O: Pekárna, CN: sklad, company number: NTRCZ-25596641"),
        ("no name at all", "no name at all"),
    ],
)
def test_a_certificates_name_is_spelled_in_words(name, spelled):
    from django.utils.translation import override

    from spojka.surfaces.portal.tags import spelled as spell

    with override("en"):
        assert spell(name) == spelled
