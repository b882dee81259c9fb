"""The tutorial does what it says: its commands run in order, and answer what the page shows."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from datetime import UTC, datetime

import pytest
from typer.testing import CliRunner

from spojka.access.database.connections import transaction
from spojka.access.operations.calling import call
from spojka.access.operations.context import OPERATOR
from spojka.access.tenants.store import add_tenant
from spojka.kernel.ids import uuid7
from spojka.kernel.time import Period
from spojka.surfaces.cli.main import app
from spojka.surfaces.jobs.billing import drive
from tests.docs.pages import ROOT, blocks_of, commands_in

PAGE = ROOT / "docs" / "tutorial.md"
TIMING = re.compile(r"\d+\.\d+ s$")
PROGRAM = f"#!/bin/sh\nexec {sys.executable} -c 'from spojka.surfaces.cli.main import main; main()' \"$@\"\n"


def said(lines):
    """Lines as they compare: without blank ones, spaces at their ends, and timings."""
    return [TIMING.sub("# s", line.rstrip()) for line in lines if line.strip()]


def answer_of(command, folder):
    """What a command prints; the command line runs in this process, which has loaded everything already."""
    if command.startswith("spojka "):
        return CliRunner().invoke(app, shlex.split(command)[1:]).output
    done = subprocess.run(["bash", "-c", command], cwd=folder, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    return done.stdout + done.stderr


EVE = datetime(2026, 9, 30, 12, tzinfo=UTC)
AFTERWARDS = datetime(2026, 11, 1, 1, tzinfo=UTC)
MONTH = Period.parse("2026-10")


@pytest.fixture
def provider(database):
    """The code of a provider with one customer, billed for October 2026."""
    code = f"tutorial-{uuid7().hex}"
    with transaction(None) as db:
        tenant = add_tenant(db, code=code, pack="nej-mobil")

    def do(name, at, /, **given):
        return call(name, given, tenant=tenant, actor=OPERATOR, now=at).plain

    do("provider.load", EVE, sims=1)
    eva = do("parties.register", EVE, kind="consumer", name="Eva Malá", born_on="1990-05-17", email="eva@example.cz")
    do("contracts.sign", EVE, party=eva["id"], product="nej-mobil", options={"tariff": "nej-mobil-data"})
    do("billing.run", AFTERWARDS, period="2026-10")
    drive(tenant, MONTH, now=lambda: AFTERWARDS, workers=1)
    return code


@pytest.fixture
def chair(provider, tmp_path, monkeypatch):
    """A reader's chair: a folder with the packs, a provider, a terminal of 100 columns."""
    (tmp_path / "spojka").mkdir()
    (tmp_path / "spojka" / "providers").symlink_to(ROOT / "spojka" / "providers")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "spojka").write_text(PROGRAM)
    (tmp_path / "bin" / "spojka").chmod(0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("SPOJKA_TENANT", provider)
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("LANG", "C.UTF-8")
    monkeypatch.delenv("LC_ALL", raising=False)
    return tmp_path


def test_the_page_has_commands_to_run_and_answers_to_compare():
    blocks = blocks_of(PAGE)

    assert {block.mark for block in blocks} == {"", "by hand", "yours may differ"}
    assert sum(block.answer is not None and not block.mark for block in blocks) >= 9


def test_every_command_of_the_tutorial_answers_what_the_page_shows(chair):
    for block in blocks_of(PAGE):
        answer = ""
        for command in commands_in(block.commands) if block.mark != "by hand" else ():
            answer = answer_of(command, chair)

        if block.mark == "yours may differ":
            assert "✘" not in answer, answer
        elif block.answer is not None:
            assert "\n".join(said(answer.splitlines())) == "\n".join(said(block.answer)), block.commands[-1]
