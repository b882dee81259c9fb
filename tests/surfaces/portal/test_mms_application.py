"""The free program for MMS: downloaded in the portal by whom it belongs to, and by nobody else."""

from __future__ import annotations

import hashlib

import pytest

from tests.network.messaging.connector import new_application
from tests.surfaces.portal.subscribers import OPENED

PAGE = "/portal/messaging"
FILE = "/portal/messaging/mms-application"


@pytest.mark.clause("o2/8.8")
@pytest.mark.parametrize(
    ("language", "note"), [("cs", "Patří k MMS Connectoru"), ("en", "It belongs to MMS Connector")]
)
def test_who_has_no_mms_application_reads_to_whom_it_belongs_and_gets_no_file(visit, own_connector, language, note):
    visitor = visit("jana", of=own_connector, language=language)
    visitor.client.cookies["spojka_language"] = language

    page, answer = visitor.get(PAGE), visitor.post(FILE)

    assert note in page.content.decode()
    assert answer.status_code == 422
    assert "MMSC" in answer.content.decode()
    assert own_connector.rows("SELECT 1 FROM program_download") == []


@pytest.mark.clause("o2/8.8")
def test_who_has_one_downloads_the_file_whose_checksum_is_shown_and_it_is_on_record(visit, own_connector):
    new_application(own_connector.tenant, OPENED, product="MMSC", number=35, party=own_connector.bakery)
    visitor = visit("jana", of=own_connector)

    page, answer = visitor.get(PAGE).content.decode(), visitor.post(FILE)

    digest = hashlib.sha256(answer.content).hexdigest()
    assert answer.status_code == 200
    assert ".whl" in answer["Content-Disposition"]
    assert digest in page
    (kept,) = own_connector.rows("SELECT party_id, sha256, downloaded_by FROM program_download")
    assert kept == {"party_id": own_connector.bakery, "sha256": digest, "downloaded_by": "jana"}


def test_the_file_is_given_to_a_form_alone_and_to_nobody_unknown(visit, own_connector):
    assert visit("jana", of=own_connector).get(FILE).status_code == 405
    assert visit(of=own_connector).post(FILE).status_code == 302
