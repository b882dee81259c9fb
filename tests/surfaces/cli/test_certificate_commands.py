"""Our tool at the command line: the key stays in its file, the certificate is registered, listed and invalidated."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.hazmat.primitives.serialization.pkcs12 import load_pkcs12
from typer.testing import CliRunner

from spojka.network.messaging.certificates.reading import read_certificate
from spojka.surfaces.cli.main import app
from tests.network.messaging.certificates.connected import NOVAKOVA, connected


@pytest.fixture
def acme(database):
    """A company whose contract was concluded some time ago by this machine's clock."""
    began = datetime.now(UTC) - timedelta(days=400)
    made = connected(at=began)
    made.do("connector.name_contact", application=made.application, **NOVAKOVA, at=began)
    return made


@pytest.fixture
def spojka(acme, tmp_path):
    """A function that runs a command on certificates for the company's provider."""

    def run(command, *arguments):
        words = ["connector", "certificate", command, *map(str, arguments), "--tenant", acme.code, "--lang", "en"]
        return CliRunner().invoke(app, words)

    return run


def new(spojka, acme, folder, *more):
    where = ("--key", folder / "a.key", "--certificate", folder / "a.pem")
    return spojka("new", "--application", acme.application, "--common-name", "billing", *where, *more)


def test_a_key_stays_in_its_file_and_its_certificate_is_registered(acme, spojka, tmp_path):
    (tmp_path / "password").write_text("correct horse\n")
    store = ("--pkcs12", tmp_path / "a.p12", "--password-file", tmp_path / "password")

    done = new(spojka, acme, tmp_path, *store, "--json")

    shown = json.loads(done.stdout)
    read = read_certificate((tmp_path / "a.pem").read_text())
    key = load_pem_private_key((tmp_path / "a.key").read_bytes(), None)
    both = load_pkcs12((tmp_path / "a.p12").read_bytes(), b"correct horse")
    assert done.exit_code == 0
    assert (shown["kind"], shown["scope"], shown["fingerprint"]) == ("O2APP", "connector", read.fingerprint.hex())
    assert shown["owner_proof"] == {"by": "company_number"}
    assert [(tmp_path / name).stat().st_mode & 0o777 for name in ("a.key", "a.p12")] == [0o600, 0o600]
    assert both.key.private_numbers() == key.private_numbers()
    assert b"PRIVATE" not in b"".join(bytes(row["der"]) for row in acme.rows("SELECT der FROM connector_certificate"))


def test_a_key_that_is_there_is_never_written_over(acme, spojka, tmp_path):
    (tmp_path / "a.key").write_text("the old key")

    done = new(spojka, acme, tmp_path)

    assert done.exit_code == 2
    assert "is there already" in " ".join(done.stderr.split())
    assert (tmp_path / "a.key").read_text() == "the old key"
    assert not (tmp_path / "a.pem").exists()


def test_a_refusal_leaves_no_file_behind(acme, spojka, tmp_path):
    short = acme.application_of(at=datetime.now(UTC))

    done = spojka(
        "new", "--application", short, "--common-name", "x", "--days", 30, "--key", tmp_path / "a.key",
        "--certificate", tmp_path / "a.pem",
    )  # fmt: skip

    assert done.exit_code == 1
    assert "CERT_VALIDITY_TOO_SHORT" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_rsa_is_made_for_programs_that_know_nothing_newer(acme, spojka, tmp_path):
    done = new(spojka, acme, tmp_path, "--key-type", "rsa")

    key = load_pem_private_key((tmp_path / "a.key").read_bytes(), None)
    assert done.exit_code == 0
    assert key.key_size == 3072


def test_what_is_listed_is_invalidated_by_the_contact_person_and_reported_by_others(acme, spojka, tmp_path):
    new(spojka, acme, tmp_path)
    (one,) = json.loads(spojka("list", "--application", acme.application, "--json").stdout)["certificates"]
    asking = ("--asked-by", NOVAKOVA["name"], "--phone", NOVAKOVA["phone"])

    reported = spojka("report", one["fingerprint"], "--reason", "a lost disk", "--json")
    by_another = spojka("invalidate", one["fingerprint"])
    by_contact = spojka("invalidate", one["fingerprint"], *asking, "--json")

    assert (reported.exit_code, json.loads(reported.stdout)["blocked_at"]) == (0, None)
    assert by_another.exit_code == 1
    assert "NOT_CONTACT_PERSON" in by_another.stderr
    assert by_contact.exit_code == 0
    assert json.loads(by_contact.stdout)["blocked_at"] is not None
    (after,) = json.loads(spojka("list", "--application", acme.application, "--json").stdout)["certificates"]
    assert (one["status"], after["status"]) == ("active", "revoked")
