"""A certificate of the connectors' own tool opens neither the portal nor the API, whoever shows it (o2/6.5)."""

from __future__ import annotations

from base64 import b64encode

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.test import Client

from tests.network.messaging.certificates.authority import issue
from tests.surfaces.portal.subscribers import OPENED, made_certificate
from tests.surfaces.shop import PASSWORD, done

SECRET = "s" * 40
VERSION_3, VERSION_9 = b"\xa0\x03\x02\x01\x02", b"\xa0\x03\x02\x01\x08"


def header(pem: str) -> dict[str, str]:
    """A certificate as a proxy passes it on (RFC 9440)."""
    der = x509.load_pem_x509_certificate(pem.encode()).public_bytes(Encoding.DER)
    return {"client-cert": f":{b64encode(der).decode()}:", "accept-language": "cs"}


def of_no_version(pem: str) -> dict[str, str]:
    """A certificate that says it is of a version that there is not."""
    der = x509.load_pem_x509_certificate(pem.encode()).public_bytes(Encoding.DER)
    return {"client-cert": f":{b64encode(der.replace(VERSION_3, VERSION_9, 1)).decode()}:"}


@pytest.fixture(scope="module")
def shown():
    return {
        "version": of_no_version(issue().pem),
        "O2APP": header(made_certificate()),
        "other": header(issue().pem),
        "damaged": {"client-cert": ":x:"},
        "": {},
    }


@pytest.mark.clause("o2/6.5")
@pytest.mark.parametrize(
    ("kind", "status"), [("O2APP", 403), ("other", 302), ("damaged", 302), ("version", 302), ("", 302)]
)
def test_the_portal_is_entered_with_a_password_and_no_certificate_of_the_tool(connector, shown, kind, status):
    client = Client(SERVER_NAME="localhost")

    answer = client.post(f"/{connector.code}/sign-in", {"login": "petr", "password": PASSWORD}, headers=shown[kind])

    assert answer.status_code == status
    assert ("slouží jen pro konektory, ne pro portal" in answer.content.decode()) == (status == 403)
    assert ("user" in client.session) == (status == 302)


@pytest.mark.clause("o2/6.5")
@pytest.mark.parametrize(
    ("kind", "status"), [("O2APP", 403), ("other", 200), ("damaged", 200), ("version", 200), ("", 200)]
)
def test_another_api_refuses_a_certificate_of_the_tool(connector, shown, kind, status):
    given = {"login": "petr", "program": kind or "bare", "secret": f"{SECRET}{kind}"}
    done(connector.tenant, "users.add_token", given, OPENED)
    token = {"authorization": f"Bearer {connector.code}.{SECRET}{kind}"}
    path = f"/api/v1/queries/certificates.of_application?application={connector.plus}"

    answer = Client(SERVER_NAME="localhost").get(path, headers={**shown[kind], **token})

    refusal = answer.json().get("refusal", {})
    assert answer.status_code == status
    assert (refusal.get("code"), refusal.get("clauses")) == (
        ("CERT_SCOPE", ["o2/6.5"]) if status == 403 else (None, None)
    )
