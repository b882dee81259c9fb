"""The command line: what it prints, in which language, and its exit codes."""

from __future__ import annotations

import json
import subprocess
import sys
import time

import pytest
from typer.testing import CliRunner

from spojka.access.database.connections import transaction
from spojka.access.tenants.store import add_tenant
from spojka.kernel.ids import uuid7
from spojka.surfaces.cli.main import app, main
from spojka.surfaces.cli.reference import pages

STORY = """\
story: Nothing is signed yet
provider: nej-mobil
today: 2026-02-01
steps:
  - do: parties.register
    with: {kind: consumer, name: Eva Malá, born_on: 1990-05-17, email: eva@example.cz}
    as: eva
  - ask: contracts.of_party
    with: {party: $eva.id}
    returns: []
"""


@pytest.fixture
def spojka(database, monkeypatch):
    """Run a command with a provider of its own."""
    code = f"cli-{uuid7().hex}"
    with transaction(None) as db:
        add_tenant(db, code=code, pack="nej-mobil")
    monkeypatch.setenv("SPOJKA_TENANT", code)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.delenv("LC_ALL", raising=False)
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    runner = CliRunner()

    def run(*arguments: str):
        return runner.invoke(app, list(arguments))

    return run


def test_help_is_quick_and_loads_nothing_of_the_rooms():
    began = time.perf_counter()
    code = (
        "import sys; sys.argv = ['spojka', '--help']\n"
        "from spojka.surfaces.cli.main import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print(sorted(name for name in sys.modules if name.startswith(('spojka.access', 'psycopg', 'polars'))))"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=True)

    assert done.stdout.splitlines()[-1] == "[]"
    assert time.perf_counter() - began < 3


def test_every_command_has_help(spojka):
    for line in pages(app)["cli.md"].splitlines():
        if line.startswith("## `spojka"):
            done = spojka(*line.strip("#` ").split()[1:], "--help")
            assert done.exit_code == 0, line


def test_an_answer_is_json_for_machines_and_a_table_for_people(spojka):
    data = spojka("deadlines", "--json")
    table = spojka("provider", "load", "nej-mobil")
    people = spojka("deadlines")

    assert (data.exit_code, json.loads(data.stdout)) == (0, [])
    assert table.exit_code == 0
    assert "billing.close_period" in people.stdout


def test_loading_a_pack_makes_its_provider_and_is_safe_to_repeat(spojka, monkeypatch):
    monkeypatch.delenv("SPOJKA_TENANT")
    code = f"new-{uuid7().hex}"

    first = spojka("provider", "load", "nej-mobil", "--tenant", code, "--json")
    again = spojka("provider", "load", "nej-mobil", "--tenant", code, "--json")

    assert json.loads(first.stdout)["new"] == json.loads(first.stdout)["editions"] > 0
    assert json.loads(again.stdout)["new"] == 0


def test_a_refusal_is_printed_with_code_words_and_clauses_and_ends_with_1(spojka):
    spojka("provider", "load", "nej-mobil")

    english = spojka("call", "publications.in_force", "document=nej-mobil/price-list", "on=1999-01-01")
    czech = spojka("call", "publications.in_force", "document=nej-mobil/price-list", "on=1999-01-01", "--lang", "cs")
    data = spojka("call", "publications.in_force", "document=nej-mobil/price-list", "on=1999-01-01", "--json")

    assert (english.exit_code, czech.exit_code, data.exit_code) == (1, 1, 1)
    assert "NO_VERSION_IN_FORCE" in english.stderr
    assert "has no version in force on" in english.stderr
    assert "nemá k 1." in czech.stderr
    refused = json.loads(data.stdout)["refused"]
    assert (refused["code"], refused["clauses"]) == ("NO_VERSION_IN_FORCE", ["nej/8.2"])


def test_the_language_follows_the_environment(spojka, monkeypatch):
    monkeypatch.setenv("LANG", "cs_CZ.UTF-8")

    done = spojka("call", "publications.in_force", "document=x", "on=1999-01-01")

    assert "nemá k" in done.stderr


def test_any_operation_is_called_with_arguments_as_in_a_story(spojka):
    given = ["kind=consumer", "name=Eva Malá", "born_on=1990-05-17", "email=eva@example.cz"]

    done = spojka("call", "parties.register", *given, "--json")

    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["name"] == "Eva Malá"


def test_a_key_makes_a_repeated_call_answer_the_same(spojka):
    given = ["kind=consumer", "name=Eva Malá", "born_on=1990-05-17", "email=eva@example.cz", "--key", "k1", "--json"]

    first, again = spojka("call", "parties.register", *given), spojka("call", "parties.register", *given)

    assert json.loads(first.stdout)["id"] == json.loads(again.stdout)["id"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["call", "contracts.sing"], "did you mean"),
        (["call", "parties.register", "nonsense"], "'nonsense' is not key=value"),
        (["call", "parties.register", "kind=consumer", "name=E", "colour=red"], "colour: unknown"),
        (["deadlines", "--tenant", "nobody"], "no tenant 'nobody'"),
        (["provider", "load", "no-such-pack"], "no pack 'no-such-pack'"),
        (["deadlines", "--lang", "de"], "'de' is not cs or en"),
        (["bench", "nothing"], "there is no benchmark 'nothing'; there are rating"),
    ],
)
def test_a_wrong_call_is_said_in_a_line_and_ends_with_2(spojka, monkeypatch, capsys, arguments, said):
    monkeypatch.setattr(sys, "argv", ["spojka", *arguments])

    with pytest.raises(SystemExit) as ended:
        main()

    assert ended.value.code == 2
    assert said.replace("did you mean", "near: contracts.sign") in capsys.readouterr().err


def test_several_providers_must_be_told_apart(spojka, monkeypatch):
    monkeypatch.delenv("SPOJKA_TENANT")
    with transaction(None) as db:
        for _ in range(2):
            add_tenant(db, code=f"two-{uuid7().hex}", pack="nej-mobil")

    done = spojka("deadlines")

    assert done.exit_code == 2
    assert "say which with --tenant" in done.stderr


def test_stories_report_plainly_as_json_and_as_junit(spojka, tmp_path):
    file = tmp_path / "one.yaml"
    file.write_text(STORY, encoding="utf-8")

    plain = spojka("story", str(file))
    data = spojka("story", str(tmp_path), "--format", "json")
    junit = spojka("story", str(file), "--format=junit", "--output", str(tmp_path / "report.xml"))

    assert (plain.exit_code, data.exit_code, junit.exit_code) == (0, 0, 0)
    assert "1 story, all passed" in plain.stdout
    assert json.loads(data.stdout)["stories"][0]["passed"] is True
    assert 'failures="0"' in (tmp_path / "report.xml").read_text()


def test_a_failing_story_ends_with_1_and_a_wrong_one_with_2(spojka, tmp_path):
    failing, wrong = tmp_path / "failing.yaml", tmp_path / "wrong.yaml"
    failing.write_text(STORY.replace("returns: []", "returns: [{}]"), encoding="utf-8")
    wrong.write_text(STORY.replace("contracts.of_party", "contracts.of_parties"), encoding="utf-8")

    failed, wronged = spojka("story", str(failing)), spojka("story", str(wrong))

    assert failed.exit_code == 1
    assert "1 item: [{}]" in failed.stdout
    assert wronged.exit_code == 2
    assert f"{wrong}:8: there is no operation or query 'contracts.of_parties'" in wronged.stderr.replace("\n", "")


def test_operations_are_listed_with_all_that_a_storys_author_needs(spojka):
    done = spojka("operations", "parties.register", "--json")

    (described,) = json.loads(done.stdout)["operations"]
    kind = next(argument for argument in described["arguments"] if argument["name"] == "kind")
    assert kind["required"] is True
    assert set(kind["allowed"]) >= {"consumer", "business"}
    assert described["doc"]
    assert described["refusals"]
    assert "id" in described["returned_fields"]


def test_the_audit_is_sealed_and_then_whole(spojka):
    spojka("provider", "load", "nej-mobil")

    sealed = spojka("audit", "seal", "--json")
    verified = spojka("audit", "verify", "--json")

    assert json.loads(sealed.stdout)["sealed"] >= 1
    assert json.loads(verified.stdout) == {
        "sealed": json.loads(sealed.stdout)["sealed"],
        "unsealed": 0,
        "broken_at": None,
    }


def test_changes_between_editions_are_shown(spojka):
    spojka("provider", "load", "nej-mobil")

    done = spojka("terms", "changes", "nej-mobil/price-list", "2021-08", "2026-01", "--json")

    assert json.loads(done.stdout)["terms"]
