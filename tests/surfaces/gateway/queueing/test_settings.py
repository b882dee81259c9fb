"""One address says where NATS is and who we are."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from spojka.surfaces.cli.connecting import connector
from spojka.surfaces.gateway.queueing.jetstream import JetStream
from spojka.surfaces.gateway.queueing.notified import Notified
from spojka.surfaces.gateway.queueing.opening import way_of
from spojka.surfaces.gateway.queueing.settings import QueueMisnamed, settings_of


def test_without_an_address_the_database_wakes():
    assert isinstance(way_of(None), Notified)
    assert isinstance(way_of(""), Notified)
    assert isinstance(way_of("nats://127.0.0.1:4222"), JetStream)


def test_a_name_and_a_password_are_no_part_of_the_servers_address():
    found = settings_of("nats://spojka:p%40ss@one.example,two.example:4333,[::1]")

    assert found.servers == ("nats://one.example:4222", "nats://two.example:4333", "nats://[::1]:4222")
    assert (found.user, found.password) == ("spojka", "p@ss")
    assert "p@ss" not in repr(found)
    assert found.tls() is None


def test_files_say_who_we_are(tmp_path):
    seed = tmp_path / "seed.nk"
    seed.write_text("SU")

    found = settings_of(f"nats://queue.example?nkey={seed}")

    assert found.nkey == seed
    assert found.user is None


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://queue.example", "nats:// or tls://"),
        ("nats://", "a host"),
        ("nats://queue.example/stream", "no path"),
        ("nats://queue.example:99999", "HOST:PORT"),
        ("nats://one.example,,two.example", "HOST:PORT"),
        ("nats://queue.example?colour=red", "not colour"),
        ("nats://queue.example?nkey=/no/such/file", "no file"),
    ],
)
def test_an_address_that_says_nothing_known_is_refused(url, said):
    with pytest.raises(QueueMisnamed, match=said):
        settings_of(url)


def test_files_for_tls_need_tls(tmp_path):
    trust = tmp_path / "ca.pem"
    trust.write_text("")

    with pytest.raises(QueueMisnamed, match="need tls://"):
        settings_of(f"nats://queue.example?trust={trust}")


@pytest.mark.parametrize("given", [["--queue", "http://queue.example"], []], ids=["option", "environment"])
def test_the_command_line_says_what_is_wrong_with_an_address(given, monkeypatch):
    if not given:
        monkeypatch.setenv("SPOJKA_QUEUE_URL", "http://queue.example")

    said = CliRunner().invoke(connector, ["send", *given])

    assert said.exit_code == 2
    assert "nats:// or tls://" in said.output
