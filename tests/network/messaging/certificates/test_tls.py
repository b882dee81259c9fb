"""Real TLS over real sockets: who is let through, who is recognised, and how soon a block is felt."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from uuid import UUID

import psycopg
import pytest

from spojka.access.database.connections import transaction
from spojka.access.operations.context import OPERATOR, Context
from spojka.kernel.ids import ServiceId, uuid7
from spojka.kernel.refusals import Refusal
from spojka.network.messaging.certificates.tls import Doorkeeper, fingerprint_of
from spojka.network.messaging.certificates.views import pins_of
from spojka.network.messaging.certificates.watching import SEEN_AS, PinWatch
from tests.network.messaging.certificates.authority import authority, issue, name_of
from tests.network.messaging.certificates.connected import ICO, NAME, NOVAKOVA, by_tool, connected

BOUND_S = 10


def now():
    return datetime.now(UTC)


@pytest.fixture
def acme(database):
    """A company whose contract was concluded a year ago by this machine's clock."""
    began = now() - timedelta(days=400)
    made = connected(at=began)
    made.do("connector.name_contact", application=made.application, **NOVAKOVA, at=began)
    return made


@pytest.fixture
def files(tmp_path):
    """A function that writes a certificate and its key into one file."""

    def write(made):
        file = tmp_path / f"{made.hex}.pem"
        file.write_bytes(made.key_pem + made.pem.encode())
        return file

    return write


@pytest.fixture
def keeper(files):
    """A server's door, with a certificate of its own."""
    return Doorkeeper(certificate=files(issue(subject=name_of(common_name="localhost"))))


class Server:
    """Answers each line with the application of the connection, or with the code of the refusal."""

    def __init__(self, context, watch):
        self.context, self.watch = context, watch
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port = self.listening.getsockname()[1]
        self.thread = threading.Thread(target=self.accept, daemon=True)
        self.thread.start()

    def accept(self):
        while True:
            try:
                plain, _ = self.listening.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(plain,), daemon=True).start()

    def serve(self, plain):
        plain.settimeout(BOUND_S)
        try:
            with self.context.wrap_socket(plain, server_side=True) as secured:
                fingerprint = fingerprint_of(secured)
                while line := secured.recv(100):
                    asked = line.decode().strip()
                    application = ServiceId(UUID(asked)) if asked != "-" else None
                    found = self.watch.pins.recognise(fingerprint, now=now(), application=application)
                    secured.sendall((found.code if isinstance(found, Refusal) else str(found.application)).encode())
        except OSError:
            plain.close()


@pytest.fixture
def server(acme, keeper):
    """A server of Acme's provider."""
    with PinWatch(acme.tenant, clock=now, on_change=lambda pins: keeper.trust(pins.anchors)) as watch:
        served = Server(keeper.context, watch)
        yield served
        served.listening.close()


@contextmanager
def connection(server, certificate=None, *, oldest=None, session=None, client=None):
    if client is None:
        client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        client.check_hostname, client.verify_mode = False, ssl.CERT_NONE
        if oldest:
            client.maximum_version = oldest
        if certificate:
            client.load_cert_chain(certificate)
    plain = socket.create_connection(("127.0.0.1", server.port), timeout=BOUND_S)
    with client.wrap_socket(plain, session=session) as secured:
        yield secured


def ask(secured, application="-"):
    secured.sendall(f"{application}\n".encode())
    return secured.recv(100).decode()


def registered(acme, made, at=None, application=None):
    shown = acme.do(
        "certificates.register_generated",
        application=application or acme.application,
        certificate=made.pem,
        at=at or now(),
    )
    return shown.id


def soon(answered, wanted, within_s=BOUND_S):
    """Seconds until an answer is what is wanted; fails when it takes longer than allowed."""
    began = time.monotonic()
    while (found := answered()) != wanted:
        assert time.monotonic() - began < within_s, found
        time.sleep(0.02)
    return time.monotonic() - began


def test_without_a_certificate_there_is_no_service(server):
    with connection(server) as secured:
        assert ask(secured) == "CERT_MISSING"


def test_an_unknown_certificate_is_refused(server, files):
    def served():
        with connection(server, files(by_tool())) as secured:
            return ask(secured)

    with pytest.raises(OSError, match=r"(?i)unknown ca|reset|pipe|eof"):
        served()


def test_a_certificate_of_a_trusted_root_that_is_not_registered_is_told_so(acme, server, keeper, files):
    root = authority()
    acme.do("certificates.trust_root", kind="ICA", certificates=root.pem)
    soon(lambda: len(keeper._trusted), 1)

    with connection(server, files(issue(root))) as secured:
        assert ask(secured) == "CERT_UNKNOWN"


@pytest.mark.parametrize("newest", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_each_application_is_recognised_by_its_certificate(acme, server, keeper, files, newest):
    other = acme.application_of()
    first, second = by_tool(now=now()), by_tool(now=now())  # of one name: told apart by their keys alone
    registered(acme, first)
    registered(acme, second, application=other)
    soon(lambda: len(keeper._trusted), 2)

    with (
        connection(server, files(first), oldest=newest) as one,
        connection(server, files(second), oldest=newest) as two,
    ):
        found = [ask(one), ask(two), ask(two, acme.application), ask(two, other)]

    assert found == [str(acme.application), str(other), "CERT_UNKNOWN", str(other)]


def test_a_certificate_of_several_applications_says_for_which_it_comes(acme, server, keeper, files):
    made, other = by_tool(now=now()), acme.application_of()
    registered(acme, made)
    acme.do("certificates.register", application=other, certificate=made.pem, at=now())
    soon(lambda: len(server.watch.pins.by_fingerprint.get(made.read.fingerprint, ())), 2)

    with connection(server, files(made)) as secured:
        assert [ask(secured), ask(secured, other)] == ["CERT_APPLICATION_UNSAID", str(other)]


@pytest.mark.clause("o2/6.6")
def test_a_block_is_felt_on_a_connection_that_is_kept_alive(acme, server, keeper, files):
    made = by_tool(now=now())
    registered(acme, made)
    soon(lambda: len(keeper._trusted), 1)

    with connection(server, files(made)) as secured:
        before = ask(secured)
        acme.do("certificates.invalidate", fingerprint=made.hex, asked_by=NOVAKOVA, at=now())
        took_s = soon(lambda: ask(secured), "CERT_REVOKED")

    assert before == str(acme.application)
    assert took_s < 5
    with connection(server, files(made)) as anew:
        assert ask(anew) == "CERT_REVOKED"


def test_a_resumed_session_is_judged_like_any_other(acme, server, keeper, files):
    made = by_tool(now=now())
    registered(acme, made)
    soon(lambda: len(keeper._trusted), 1)
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.check_hostname, client.verify_mode = False, ssl.CERT_NONE
    client.load_cert_chain(files(made))
    with connection(server, client=client) as secured:
        first, session = ask(secured), secured.session
    acme.do("certificates.invalidate", fingerprint=made.hex, asked_by=NOVAKOVA, at=now())

    with connection(server, client=client, session=session) as resumed:
        soon(lambda: ask(resumed), "CERT_REVOKED")
        was_resumed = resumed.session_reused

    assert first == str(acme.application)
    assert was_resumed


@pytest.mark.clause("o2/6.1")
def test_an_expired_certificate_is_let_in_to_be_told_so(acme, server, keeper, files):
    root = authority()
    acme.do("certificates.trust_root", kind="ICA", certificates=root.pem)
    ends = now().replace(microsecond=0) - timedelta(seconds=5)
    made = issue(root, subject=name_of(NAME, company=f"NTRCZ-{ICO}"), starts=ends - timedelta(days=900), ends=ends)
    at = ends - timedelta(days=300)
    acme.do("certificates.register", application=acme.application, certificate=made.pem, at=at)
    soon(lambda: len(keeper._trusted), 2)

    with connection(server, files(made)) as secured:
        assert ask(secured) == "CERT_EXPIRED"


def test_an_anchor_that_cannot_be_read_keeps_no_other_out(server, keeper, acme, files):
    made = by_tool(now=now())
    registered(acme, made)
    soon(lambda: len(keeper._trusted), 1)
    keeper._trusted.clear()
    keeper.trust([b"no certificate", made.read.der, by_tool().read.der])

    with connection(server, files(made)) as secured:
        assert ask(secured) == str(acme.application)


def test_a_watch_that_lost_its_database_goes_on(server, acme, database):
    ask_end = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE application_name = %s AND datname = current_database()"
    )
    with psycopg.connect(database, autocommit=True) as owner:
        soon(lambda: owner.execute(ask_end, [SEEN_AS]).fetchall(), [(True,)])

    registered(acme, by_tool(now=now()))

    soon(lambda: server.watch.pins.version, 1, within_s=BOUND_S)


@pytest.mark.clause("o2/6.2")
def test_the_door_is_open_before_pins_are_shown_and_whoever_waits_is_woken_after(acme):
    seen, watches = [], []

    def look(what):
        seen.append((what, watches[0].pins.version if watches else None))

    with PinWatch(
        acme.tenant, clock=now, on_change=lambda pins: look(f"door {pins.version}"), on_shown=lambda: look("woken")
    ) as watch:
        watches.append(watch)
        registered(acme, by_tool(now=now()))
        soon(lambda: len(seen), 4)

    assert seen == [("door 0", None), ("woken", None), ("door 1", 0), ("woken", 1)]


def test_nothing_older_than_tls_1_2_is_spoken(files):
    context = Doorkeeper(certificate=files(issue())).context

    assert context.minimum_version == ssl.TLSVersion.TLSv1_2
    assert context.verify_mode == ssl.CERT_OPTIONAL


def test_a_gateway_reads_every_pin_at_one_version(acme):
    before = acme.do("certificates.pins")
    made = by_tool(now=now())
    registered(acme, made)

    with transaction(acme.tenant) as db:
        pins = pins_of(Context(db, acme.tenant, OPERATOR, now(), uuid7(), None))

    assert (before.version, before.pins) == (0, [])
    assert pins.version == 1
    assert pins.recognise(made.read.fingerprint, now=now()).key_digest == made.read.key_digest
    assert list(pins.anchors) == [made.read.der]


def test_a_refused_registration_leaves_the_version_as_it_was(acme):
    acme.refused("certificates.register", application=acme.application, certificate=by_tool().pem)

    assert acme.do("certificates.pins").version == 0
