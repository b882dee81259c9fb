"""What a subscriber does in the portal: each form is one operation, and secrets are shown once and kept nowhere."""

from __future__ import annotations

import base64
import re
from datetime import timedelta
from hashlib import sha256

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, pkcs12
from django.core.files.uploadedfile import SimpleUploadedFile

from spojka.network.messaging.messages.records import FINAL
from tests.surfaces.portal.subscribers import KLARA, PICTURE, add_reports, made_certificate
from tests.surfaces.shop import TODAY


@pytest.fixture
def at(visit, connector):
    """Somebody of the bakery at a page of the application: `at("jana", "/try")`."""

    class Here:
        def __init__(self, login, page):
            self.visitor, self.path = visit(login, of=connector), f"/portal/messaging/{connector.plus}{page}"

        def get(self):
            return self.visitor.get(self.path)

        def post(self, **fields):
            return self.visitor.client.post(f"/{connector.code}{self.path}", fields)

    return Here


def test_a_test_message_is_sent_once_however_often_the_form_is_sent(at, connector):
    fields = {"do": "try", "to": "602 000 001", "text": "Jednou", "sender": "auto", "purpose": "service", "key": "once"}

    first, again = at("jana", "/try").post(**fields), at("jana", "/try").post(**fields)

    sent = connector.rows("SELECT id, purpose, certificate FROM message WHERE body = %s", b"Jednou")
    assert first.status_code == again.status_code == 302
    assert first.headers["location"] == again.headers["location"]
    assert [(one["purpose"], one["certificate"]) for one in sent] == [("service", None)]


def test_a_refused_message_keeps_what_was_written_beside_the_reason(at):
    fields = {"do": "try", "to": "222", "text": "Zkouška", "sender": "auto", "purpose": "service"}

    answer = at("jana", "/try").post(**fields)

    text = answer.content.decode()
    assert answer.status_code == 422
    assert "RECIPIENT_INVALID" in text
    assert 'value="222"' in text
    assert "Zkouška</textarea>" in text


def test_a_preview_sends_nothing(at, connector):
    before = connector.rows("SELECT count(*) AS n FROM message")

    answer = at("petr", "/try/preview").post(to="602000001", text="ř" * 71)

    text = answer.content.decode().replace("\N{NO-BREAK SPACE}", " ")
    assert "2 SMS" in text
    assert "<html" not in text
    assert connector.rows("SELECT count(*) AS n FROM message") == before


@pytest.mark.parametrize("as_file", [False, True])
def test_a_private_key_is_never_taken_nor_shown_again(at, as_file):
    key = "-----BEGIN EC PRIVATE KEY-----\nMHcCAQEEIIrYSSNQFaA2Hwf1duRSxKtLYX5\n-----END EC PRIVATE KEY-----"
    given = {"file": SimpleUploadedFile("key.pem", key.encode())} if as_file else {"certificate": key}

    answer = at("jana", "/certificates").post(do="register", **given)

    assert answer.status_code == 422
    assert "MHcCAQEEIIrY" not in answer.content.decode()
    assert "soukromý klíč" in answer.content.decode()


@pytest.mark.parametrize("form", ["pem", "der", "rubbish", "too long"])
def test_a_certificate_is_read_from_a_file_and_what_is_none_is_told(at, form):
    pem = made_certificate()
    content = {
        "pem": pem.encode(),
        "der": x509.load_pem_x509_certificate(pem.encode()).public_bytes(Encoding.DER),
        "rubbish": b"\x00\xff" * 50,
        "too long": b"A" * 70_000,
    }[form]

    answer = at("jana", "/certificates").post(do="register", file=SimpleUploadedFile("c.cer", content))

    said = {"pem": "CERT_SELF_SIGNED_UNKNOWN", "der": "CERT_SELF_SIGNED_UNKNOWN", "rubbish": "není certifikát v PEM"}
    assert answer.status_code == 422
    assert said.get(form, "příliš dlouhý") in answer.content.decode()


@pytest.mark.clause("o2/6.5")
def test_a_key_store_opens_with_its_password_and_no_key_is_kept(at, connector):
    fields = {"do": "make", "common_name": "kasa", "days": "365", "key_type": "ec", "kind": "p12"}

    short = at("jana", "/certificates").post(**fields, password="krátké")
    made = at("jana", "/certificates").post(**fields, password="dost dlouhé heslo")

    store = base64.b64decode(re.search(r"base64,([^\"]+)\"", made.content.decode())[1])
    key, certificate, _ = pkcs12.load_key_and_certificates(store, "dost dlouhé heslo".encode())
    kept = connector.rows("SELECT der FROM connector_certificate WHERE service_id = %s", connector.plus)
    answers = connector.rows("SELECT coalesce(answer::text, '') AS a FROM operation_key")
    assert short.status_code == 422
    assert key is not None
    assert certificate.public_bytes(Encoding.DER) in [bytes(one["der"]) for one in kept]
    assert all("PRIVATE" not in one["a"] for one in answers)
    assert made.headers["cache-control"] == "no-store"


def test_a_login_that_only_uses_the_services_registers_no_certificate(at, connector, monkeypatch):
    monkeypatch.setattr("spojka.surfaces.portal.connector.certificates.new_key", lambda _kind: pytest.fail("a key"))
    fields = {"do": "make", "common_name": "cizi", "days": "365", "key_type": "ec", "kind": "pem"}
    before = connector.rows("SELECT count(*) AS n FROM connector_certificate")

    answer = at("petr", "/certificates").post(**fields)

    assert answer.status_code == 422
    assert "PRIVATE KEY" not in answer.content.decode()
    assert connector.rows("SELECT count(*) AS n FROM connector_certificate") == before


@pytest.mark.clause("o2/6.6")
def test_the_contact_person_ends_a_certificate_at_once_and_anybody_else_only_reports_it(at, connector):
    given = {"application": connector.plus, "certificate": made_certificate(days=420)}
    made = connector.do("certificates.register_generated", **given).fingerprint
    page = f"/certificates/{made}"

    reported = at("petr", page).post(do="invalidate", reason="x")
    after_report = at("petr", page).get().content.decode()
    ended = at("jana", page).post(do="invalidate", reason="x")

    row = connector.rows("SELECT blocked_at FROM connector_certificate WHERE fingerprint = %s", bytes.fromhex(made))
    assert (reported.status_code, ended.status_code) == (422, 302)
    assert "NOT_CONTACT_PERSON" in reported.content.decode()
    assert "21. 2. 2026" in after_report.replace("\N{NO-BREAK SPACE}", " ")
    assert row[0]["blocked_at"] == TODAY


def test_a_webhooks_secret_and_an_accounts_password_are_shown_once_and_not_kept_for_a_repeat(at, connector):
    hook = at("jana", "/programs").post(do="webhook", url="https://pekarna.example/nove", key="h1")
    account = at("jana", "/programs").post(
        do="account", system_id="pekarna", message_class="priority", purpose="service", key="a1"
    )

    repeated = at("jana", "/programs").post(do="webhook", url="https://pekarna.example/nove", key="h1")

    secrets = [re.search(r'id="secret" readonly value="([^"]+)"', one.content.decode())[1] for one in (hook, account)]
    later = at("jana", "/programs").get().content.decode()
    answers = str(connector.rows("SELECT answer FROM operation_key"))
    assert len(secrets[0]) == 64
    assert all(one not in later and one not in answers for one in secrets)
    assert "pekarna" in later
    assert (repeated.status_code, "tajný údaj" in repeated.content.decode()) == (422, True)


def test_an_account_is_closed_and_a_wrong_address_is_refused_beside_its_field(at, connector):
    at("jana", "/programs").post(do="account", system_id="zavrit", message_class="standard", purpose="service")

    closed = at("jana", "/programs").post(do="revoke", system_id="zavrit")
    wrong = at("jana", "/programs").post(do="webhook", url="ftp://x")

    accounts = connector.do("connector.bind_accounts", application=connector.plus)
    assert closed.status_code == 302
    assert next(one for one in accounts if one.system_id == "zavrit").closed_at == TODAY
    assert wrong.status_code == 422
    assert "WEBHOOK_URL_INVALID" in wrong.content.decode()


@pytest.mark.clause("o2/3.2")
def test_what_is_chosen_is_taken_out_of_the_inbox(visit, own_connector):
    visitor, page = visit("jana", of=own_connector), f"/portal/messaging/{own_connector.plus}/inbox"
    first, *others = own_connector.do("messages.inbox", application=own_connector.plus)

    nothing = visitor.post(page, do="acknowledge")
    taken = visitor.post(page, do="acknowledge", item=str(first.id))

    left = own_connector.do("messages.inbox", application=own_connector.plus)
    assert (nothing.status_code, taken.status_code) == (422, 302)
    assert [one.id for one in left] == [one.id for one in others]


@pytest.mark.clause("o2/3.2")
def test_the_inbox_shows_how_much_waits_until_when_and_what_was_deleted_unread(at, connector):
    stands = connector.do("messages.inbox_summary", application=connector.plus)

    text = at("jana", "/inbox").get().content.decode()

    facts = re.findall(r"<dd[^>]*>(.*?)</dd>", text[text.index('<dl class="facts panel">') :])
    assert (facts[0], facts[2]) == (str(stands.waiting), str(stands.deleted_unread))
    assert f'datetime="{stands.oldest_expires_at.isoformat()[:16]}' in facts[1]


@pytest.mark.parametrize("language", ["cs", "en"])
def test_the_inbox_says_in_words_what_every_report_does(visit, own_connector, language):
    said = {"cs": {"delivered": "Doručeno", "failed": "Síť ji odmítla"}, "en": {"delivered": "Delivered"}}[language]
    add_reports(own_connector.tenant, own_connector.plus, sorted(FINAL))
    visitor = visit("jana", of=own_connector, language=language)
    visitor.client.cookies["spojka_language"] = language

    text = visitor.get(f"/portal/messaging/{own_connector.plus}/inbox").content.decode()

    shown = re.findall(r'<span class="tag \w*">([^<]+)</span>', text[text.index("<tbody") :])
    assert len(set(shown)) == len(FINAL)
    assert set(shown).isdisjoint(FINAL)
    assert set(said.values()) <= set(shown)


def test_a_part_of_an_mms_is_a_file_that_no_browser_opens_and_nobody_elses(visit, connector):
    item = connector.do("messages.inbox", application=connector.plus)[-1]
    visitor, stranger = visit("jana", of=connector), visit("kvetiny", of=connector)
    path = f"/portal/messaging/{connector.plus}/inbox/{item.id}"

    answer = visitor.get(f"{path}/1")

    assert (answer.status_code, answer.content) == (200, PICTURE)
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].endswith('-1.png"')
    assert visitor.get(f"{path}/2").status_code == stranger.get(f"{path}/1").status_code == 404
    assert visitor.get(f"{path}/99999999999999999999").status_code == 404


@pytest.mark.clause("o2/3.3")
def test_a_limit_is_asked_for_by_the_contact_person_and_by_nobody_else(at, connector):
    asked = at("jana", "").post(do="limit", period="day", value="50000", key="l1")
    refused = at("petr", "").post(do="limit", period="day", value="60000", key="l2")
    unreadable = at("jana", "").post(do="limit", period="day", value="mnoho", key="l3")

    requests = connector.do("connector.limits", application=connector.plus).requests
    assert (asked.status_code, refused.status_code, unreadable.status_code) == (302, 422, 422)
    assert "NOT_CONTACT_PERSON" in refused.content.decode()
    assert [one.asked for one in requests] == [50000]


@pytest.mark.clause("o2/3.4")
def test_an_end_is_asked_for_by_the_contact_person_alone(visit, own_connector):
    page = f"/portal/messaging/{own_connector.plus}"

    refused = visit("petr", of=own_connector).post(page, do="cancel")
    asked = visit("jana", of=own_connector).post(page, do="cancel")

    shown = own_connector.do("connector.application", application=own_connector.plus)
    assert (refused.status_code, asked.status_code) == (422, 302)
    assert shown.state == "cancel_requested"


@pytest.mark.clause("o2/8.2")
def test_the_contact_person_is_changed_by_who_acts_for_the_company_alone(visit, own_connector):
    page = f"/portal/messaging/{own_connector.plus}/contact"
    fields = {"do": "contact", "name": "Petr Dvořák", "phone": "+420602000010", "login": "petr"}

    refused = visit("petr", of=own_connector).post(page, **fields)
    named = visit("jana", of=own_connector).post(page, **fields)

    people = own_connector.do("connector.contacts", application=own_connector.plus)
    assert (refused.status_code, named.status_code) == (422, 302)
    assert [one.name for one in people] == ["Jana Nováková", "Petr Dvořák"]


@pytest.mark.clause("o2/8.1")
def test_a_consent_is_kept_with_the_digest_of_its_proof_and_taken_back(visit, own_connector):
    visitor, page = visit("jana", of=own_connector), "/portal/messaging/consents"
    fields = {
        "do": "record",
        "recipient": "605222333",
        "given_at": "2026-01-05T09:00",
        "channel": "web",
        "scope": "all",
    }
    proof = SimpleUploadedFile("formulář.pdf", b"proof")

    unproven = visitor.post(page, **fields)
    recorded = visitor.client.post(f"/{own_connector.code}{page}", {**fields, "proof": proof})
    withdrawn = visitor.post(page, do="withdraw", recipient="605222333", scope="commercial", source="řekl to v obchodě")

    said = own_connector.do("consents.of", party=own_connector.bakery, recipient="605222333")
    assert (unproven.status_code, recorded.status_code, withdrawn.status_code) == (422, 302, 302)
    assert "CONSENT_NOT_PROVABLE" in unproven.content.decode()
    assert [one.kind for one in said] == ["withdrawal", "consent"]
    assert "8ddf9a0b1dd3d0eb" not in str(said[0].evidence)
    assert "formulář.pdf" in str(said[1].evidence)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "Nejdřív vyberte soubor"),
        (b"\xff\xfe", "CSV v UTF-8"),
        (b"number,when\n1,2\n", "V záhlaví chybí recipient"),
        (b"recipient,given_at,channel\n", "Seznam je prázdný"),
    ],
)
def test_a_list_that_cannot_be_read_changes_nothing(visit, connector, content, said):
    path = f"/{connector.code}/portal/messaging/consents"
    before = connector.rows("SELECT count(*) AS n FROM consent")

    listed = {"do": "list", "file": SimpleUploadedFile("l.csv", content)}
    answer = visit("jana", of=connector).client.post(path, listed)

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert connector.rows("SELECT count(*) AS n FROM consent") == before


@pytest.mark.clause("o2/8.3")
def test_a_lower_fee_is_asked_for_once(visit, own_connector):
    visitor, page = visit("jana", of=own_connector), f"/portal/messaging/{own_connector.plus}/outages"
    (outage,) = own_connector.do("connector.outages", application=own_connector.plus)

    asked = visitor.post(page, do="claim", outage=str(outage.parts[0]))
    again = visitor.post(page, do="claim", outage=str(outage.parts[0]))

    (credited,) = own_connector.do("connector.outages", application=own_connector.plus)
    assert (asked.status_code, again.status_code) == (302, 422)
    assert "OUTAGE_CREDITED" in again.content.decode()
    assert credited.credited


@pytest.mark.clause("o2/7.3")
def test_what_was_refused_is_told_by_reason_beside_measurements_of_the_platform(at, visit, connector):
    text = at("jana", "/outages").get().content.decode()
    others = visit("kvetiny", of=connector).client.get(f"/{connector.code}/portal/messaging/{connector.others}/outages")

    for said in ("Některé pole nešlo přečíst", "REQUEST_MALFORMED", ">12<", "NICKNAME_NOT_ACTIVE", "neúspěšně 1×"):
        assert said in text
    assert "Nic nebylo odmítnuto" in others.content.decode()


@pytest.mark.clause("o2/7.1")
def test_what_came_in_is_shown_with_the_digest_of_what_came(at):
    text = at("jana", "/inbox").get().content.decode()

    assert f'title="{sha256(b"STOP").hexdigest()}"' in text
    assert text.count("Otisk ") == 3


def test_a_complaint_is_shown_without_who_complained(at):
    text = at("jana", "/outages").get().content.decode()

    assert "602\N{NO-BREAK SPACE}000\N{NO-BREAK SPACE}001" in text
    assert "Klára Kosová" not in text


def test_messages_are_found_by_number_reference_state_and_time(visit, connector):
    visitor, page = visit("jana", of=connector), f"/portal/messaging/{connector.plus}/messages"

    def found(**asked):
        text = visitor.client.get(f"/{connector.code}{page}", asked).content.decode()
        return len(set(re.findall(rf"/messaging/{connector.plus}/messages/[0-9a-f-]{{36}}", text)))

    hour = {"from_at": "2026-02-20T09:30", "to_at": "2026-02-20T09:40"}
    assert found(recipient=KLARA, reference="obj-1000") == 1
    assert found(reference="obj-1001") == 1
    assert found(status="undelivered") == 7
    assert found(**hour) == 7
    assert found(recipient="+420999", status="delivered") == 0


@pytest.mark.parametrize("asked", [{"from_at": "yesterday"}, {"status": "gone"}, {"before": "x"}])
def test_a_search_that_cannot_be_read_is_told_beside_its_field(visit, connector, asked):
    page = f"/{connector.code}/portal/messaging/{connector.plus}/messages"

    answer = visit("jana", of=connector).client.get(page, asked)

    assert answer.status_code == 422


def test_a_place_in_the_list_that_is_none_is_told(visit, connector):
    answer = visit("jana", of=connector).get(f"/portal/messaging/{connector.plus}/messages?before=x")

    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()


def test_older_consents_are_a_page_further(visit, own_connector):
    given = [
        {"recipient": f"+4206050000{n:02}", "given_at": TODAY - timedelta(days=n), "channel": "web", "wording": "Ano"}
        for n in range(60)
    ]
    own_connector.do("consents.record", party=own_connector.bakery, consents=given)
    visitor = visit("jana", of=own_connector)

    first = visitor.get("/portal/messaging/consents").content.decode()
    further = re.search(r'href="(\?[^"]*before=[^"]+)"', first)[1].replace("&amp;", "&")
    second = visitor.get(f"/portal/messaging/consents{further}").content.decode()

    assert first.count('class="thing"') == 50
    assert second.count('class="thing"') == 12


@pytest.mark.parametrize(("size", "status"), [(1000, 302), (1001, 422), (0, 422)])
def test_a_proof_that_is_too_long_or_empty_is_said_at_its_field_and_nothing_is_on_record(
    visit, own_connector, monkeypatch, size, status
):
    monkeypatch.setattr("spojka.surfaces.portal.connector.consents.MOST_EVIDENCE_BYTES", 1000)
    page, visitor = "/portal/messaging/consents", visit("jana", of=own_connector)
    fields = {"do": "record", "recipient": "605222444", "given_at": "2026-01-01T09:00", "channel": "paper"}
    proof = SimpleUploadedFile("p.pdf", b"p" * size)

    answer = visitor.client.post(
        f"/{own_connector.code}{page}", {**fields, "scope": "all", "wording": "ano", "proof": proof}
    )

    kept = own_connector.rows("SELECT count(*) AS n FROM consent WHERE recipient = '+420605222444'")[0]["n"]
    assert (answer.status_code, kept) == (status, 1 if status == 302 else 0)
    assert status == 302 or "proof-error" in answer.content.decode()


def test_a_withdrawal_whose_time_cannot_be_read_is_not_taken_for_one_of_now(visit, own_connector):
    page, visitor = "/portal/messaging/consents", visit("jana", of=own_connector)
    fields = {"do": "withdraw", "recipient": "605222555", "scope": "commercial"}

    unread = visitor.post(page, **fields, at="včera")
    now = visitor.post(page, **fields, at="")

    assert (unread.status_code, now.status_code) == (422, 302)
    assert "Uveďte den a čas" in unread.content.decode()


@pytest.mark.parametrize(
    "query",
    [
        "from_at=1969-12-31T23:59",
        "from_at=0001-01-01T00:00",
        "to_at=9999-12-31T23:59",
        "from_at=0002-01-01T00:00&to_at=9998-12-31T23:59",
        "to_at=1950-01-01T00:00",
    ],
)
def test_messages_are_looked_for_on_any_day_that_can_be_written(at, query):
    answer = at("jana", f"/messages?{query}").get()

    assert answer.status_code in {200, 422}
    assert (answer.status_code == 422) == ("0001" in query or "9999" in query)


@pytest.mark.parametrize(
    ("do", "fields"),
    [
        ("webhook", {"url": "https://jinam.example/vse"}),
        ("stop", {}),
        ("account", {"system_id": "petruv", "message_class": "standard", "purpose": "service"}),
        ("revoke", {"system_id": "pekarna"}),
    ],
)
def test_who_only_uses_the_services_neither_turns_messages_elsewhere_nor_gets_a_password(at, connector, do, fields):
    where = "SELECT webhook_url, webhook_secret FROM application WHERE id = %s"
    before = connector.rows(where, connector.plus)

    page = at("petr", "/programs").get().content.decode()
    answer = at("petr", "/programs").post(do=do, **fields)

    assert (answer.status_code, 'id="secret"' in answer.content.decode()) == (422, False)
    assert 'value="webhook"' not in page
    assert connector.rows(where, connector.plus) == before
