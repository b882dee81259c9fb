"""Words that do not belong into the project: unfinished work, paths of a machine, names of package hosts."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.tidy.sources import ROOT, our_texts, where

UNFINISHED = re.compile("|".join(("TO" + "DO", "FIX" + "ME", r"\bXX" + r"X\b", "Not" + "ImplementedError")))
OF_A_MACHINE = re.compile(r"(?<![\w.])/(?:wo" + "rk|fa" + r"rm)/|\.libr" + "ary/")
HOSTS = re.compile(
    "|".join(
        (
            r"py" + r"pi\.(?:org|python)",
            r"python" + r"hosted\.org",
            r"npm" + r"js\.(?:org|com)",
            r"proxy\.go" + r"lang\.org",
            r"crates" + r"\.io",
            r"deb\.deb" + r"ian\.org",
        )
    )
)
ABSTRACT = {"spojka/access/database/constraints.py"}
"""Files whose abstract methods raise what unfinished ones would."""


def _found(pattern: re.Pattern[str], but: set[str] | None = None) -> list[str]:
    return [
        f"{where(file, number)} {line.strip()[:100]}"
        for file in our_texts()
        if str(file.relative_to(ROOT)) not in (but or set())
        for number, line in enumerate(file.read_text(encoding="utf-8", errors="replace").splitlines(), start=1)
        if pattern.search(line)
    ]


def test_nothing_is_left_unfinished():
    assert _found(UNFINISHED, ABSTRACT) == []


def test_no_path_of_a_machine_stands_in_the_project():
    assert _found(OF_A_MACHINE) == []


def test_no_host_of_packages_stands_in_the_project():
    assert _found(HOSTS) == []


LINK = re.compile(r"\[[^\]]*\]\((?!https?://|mailto:)([^)#\s]+)")


@pytest.mark.parametrize(
    "page",
    [file for file in our_texts() if file.suffix == ".md"],
    ids=lambda file: str(file.relative_to(ROOT)),
)
def test_links_between_pages_lead_somewhere(page: Path):
    broken = [link for link in LINK.findall(page.read_text(encoding="utf-8")) if not (page.parent / link).exists()]

    assert broken == []
