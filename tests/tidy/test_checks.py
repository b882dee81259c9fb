"""The machine's own checks: imports point down, and the reference pages say what the code does."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tidy.sources import ROOT

REFERENCE = ROOT / "docs" / "reference"


def test_imports_only_point_down():
    linter = Path(sys.executable).with_name("lint-imports")

    done = subprocess.run(
        [linter, "--no-cache", "--no-logo"],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "COLUMNS": "160"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def written():
    """The pages as a process writes them that knows nothing of the tests."""
    code = "import json; from spojka.surfaces.cli import main, reference; print(json.dumps(reference.pages(main.app)))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, timeout=120, check=True)
    return json.loads(done.stdout)


@pytest.mark.parametrize("name", ["operations.md", "refusals.md", "cli.md"])
def test_a_reference_page_says_what_the_code_does(written, name):
    assert (REFERENCE / name).read_text(encoding="utf-8") == written[name], "run `make docs`"
