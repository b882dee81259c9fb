"""Whose certificate it is: chains to roots, and what a certificate says of itself."""

from __future__ import annotations

import hashlib
import ssl
from datetime import timedelta

import pytest
from cryptography.x509.oid import ExtendedKeyUsageOID

from spojka.network.messaging.certificates.chains import authority_of, is_authority
from spojka.network.messaging.certificates.generating import Holder
from spojka.network.messaging.certificates.reading import CertificateNotReadable, read_certificate
from tests.network.messaging.certificates.authority import ENDS, STARTS, authority, issue, name_of
from tests.network.messaging.certificates.connected import by_tool

AT = STARTS + timedelta(days=100)


def roots(**by_kind):
    return {kind: [one.read.der for one in made] for kind, made in by_kind.items()}


def test_a_chain_ends_at_the_root_of_its_kind():
    ica, verisign = authority("I.CA Root"), authority("VeriSign Root")
    between = authority("I.CA issuing", by=ica)
    certificate = issue(between)
    known = roots(VERISIGN=[verisign], ICA=[ica])

    assert authority_of(certificate.whole, [between.whole], known, AT) == "ICA"
    assert authority_of(certificate.whole, [], known, AT) is None
    assert authority_of(issue(verisign).whole, [], known, AT) == "VERISIGN"
    assert authority_of(certificate.whole, [between.whole], roots(VERISIGN=[verisign], ICA=[]), AT) is None


def test_an_authority_of_the_same_name_is_another_one():
    real, false = authority("I.CA Root"), authority("I.CA Root")

    assert authority_of(issue(false).whole, [], roots(ICA=[real]), AT) is None


def test_a_holder_is_no_authority():
    root = authority()
    holder = issue(root)
    below = issue(holder)

    assert authority_of(below.whole, [holder.whole], roots(ICA=[root]), AT) is None
    assert (is_authority(root.whole), is_authority(holder.whole)) == (True, False)


@pytest.mark.parametrize("at", [STARTS - timedelta(days=9), ENDS + timedelta(days=9)])
def test_the_chain_of_a_certificate_out_of_its_time_is_still_known(at):
    root = authority()

    assert authority_of(issue(root).whole, [], roots(ICA=[root]), at) == "ICA"


def test_a_chain_over_an_authority_that_had_ended_is_none():
    root = authority()
    between = authority("ended", by=root, starts=STARTS - timedelta(days=900), ends=STARTS - timedelta(days=1))

    assert authority_of(issue(between).whole, [between.whole], roots(ICA=[root]), AT) is None


def test_a_certificate_says_who_holds_it_and_what_for():
    root = authority()
    made = issue(root, subject=name_of("Acme s.r.o.", "billing", "NTRCZ-25596641"))

    read = read_certificate(made.pem)

    assert read.fingerprint == hashlib.sha256(ssl.PEM_cert_to_DER_cert(made.pem)).digest()
    assert (read.names, read.company_number) == (("Acme s.r.o.", "billing"), "25596641")
    assert (read.not_before, read.not_after) == (STARTS, ENDS)
    assert (read.self_signed, read.by_our_tool, read.for_clients) == (False, False, True)
    assert not issue(root, purposes=[ExtendedKeyUsageOID.SERVER_AUTH]).read.for_clients
    assert issue(root, purposes=[ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE]).read.for_clients


def test_a_renewal_with_the_same_key_has_the_same_key_digest_and_another_fingerprint():
    root = authority()
    first = issue(root)
    renewed = issue(root, key=first.key)

    assert first.read.key_digest == renewed.read.key_digest
    assert first.read.fingerprint != renewed.read.fingerprint


def test_our_tools_certificate_carries_its_mark_and_is_for_clients():
    read = by_tool(holder=Holder("billing", "Acme s.r.o.", "25596641")).read

    assert (read.self_signed, read.by_our_tool, read.for_clients) == (True, True, True)
    assert (read.names, read.company_number) == (("Acme s.r.o.", "billing"), "25596641")


@pytest.mark.parametrize("text", ["", "nothing", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"])
def test_what_is_no_certificate_is_not_read(text):
    with pytest.raises(CertificateNotReadable):
        read_certificate(text)
