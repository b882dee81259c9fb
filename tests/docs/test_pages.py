"""What the pages name exists: links, commands with their options, calls with their arguments, rooms, variables."""

from __future__ import annotations

import re
import shlex

import pytest
import typer

from spojka.access.operations.registry import all_operations
from spojka.surfaces.cli.main import app
from tests.docs.pages import PAGES, ROOT, blocks_of, commands_in

LINK = re.compile(r"\[[^\]]*\]\((?!https?://|mailto:)(?P<file>[^)#\s]*)(?:#(?P<heading>[^)\s]+))?\)")
INLINE = re.compile(r"`(spojka [^`]+)`")
VARIABLE = re.compile(r"[\"'](SPOJKA_[A-Z_]+)[\"']")
PLACEHOLDERS = ("…", "NAME", "FILE", "PACK", "PERIOD", "COMMAND")
OF_TESTS = {"SPOJKA_SOAK", "SPOJKA_SHARED"}
"""Variables that only tests read."""

BY_PAGE = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))


def commands_on(page):
    """Every command of ours that a page names, as lists of words; what a shell would do with them is left out."""
    text = page.read_text(encoding="utf-8")
    lines = [command for block in blocks_of(page) for command in commands_in(block.commands)]
    for line in [*lines, *INLINE.findall(text)]:
        first = line.partition("<<")[0].partition(" | ")[0].replace("\\\n", " ")
        words = [word for word in shlex.split(first) if not re.fullmatch(r"[A-Z_]+=.*", word)]
        if words[:1] == ["spojka"]:
            yield words[1:]


def found_in_cli(words):
    """The command of some words and what is left of them; `None` where there is no such command."""
    command = typer.main.get_command(app)
    rest = list(words)
    while hasattr(command, "commands"):
        if not rest or rest[0].startswith("-") or rest[0] not in command.commands:
            return (command, rest) if not rest or rest[0].startswith("-") else (None, rest)
        command = command.commands[rest.pop(0)]
    return command, rest


def headings_of(page):
    """Anchors of a page's headings, as they are linked to."""
    text = page.read_text(encoding="utf-8")
    titles = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-") for title in titles}


@BY_PAGE
def test_links_lead_to_pages_and_headings_that_exist(page):
    broken = []
    for found in LINK.finditer(page.read_text(encoding="utf-8")):
        target = (page.parent / found["file"]).resolve() if found["file"] else page
        if not target.exists() or (found["heading"] and found["heading"] not in headings_of(target)):
            broken.append(found[0])

    assert broken == []


@BY_PAGE
def test_commands_and_their_options_exist(page):
    wrong = []
    for words in commands_on(page):
        command, rest = found_in_cli(words)
        known = {} if command is None else {name for one in command.params for name in one.opts} | {"--help"}
        options = {word.partition("=")[0] for word in rest if word.startswith("--")}
        top = {"--install-completion", "--show-completion"}
        if command is None or options - known - top:
            wrong.append(" ".join(words))

    assert wrong == []


@BY_PAGE
def test_calls_and_their_arguments_exist(page):
    known = {one.name: {argument.name for argument in one.arguments} for one in all_operations()}
    wrong = []
    for words in commands_on(page):
        if words[:1] == ["call"] and words[1:] and words[1] not in PLACEHOLDERS:
            given = {word.partition("=")[0] for word in words[2:] if "=" in word and not word.startswith("-")}
            if words[1] not in known or given - known[words[1]]:
                wrong.append(" ".join(words))

    assert wrong == []


def test_the_pages_name_commands_and_calls():
    named = [words for page in PAGES for words in commands_on(page)]

    assert len(named) > 60
    assert sum(words[:1] == ["call"] for words in named) > 15


def test_every_room_stands_on_the_map():
    page = (ROOT / "docs" / "explanation" / "architecture.md").read_text(encoding="utf-8")
    rooms = {door.parent for door in (ROOT / "spojka").glob("*/*/__init__.py")}

    missing = sorted(str(room.relative_to(ROOT)) for room in rooms if f"| `{room.name}` |" not in page)

    assert rooms
    assert missing == []


def test_every_variable_of_the_environment_is_described():
    page = (ROOT / "docs" / "reference" / "environment.md").read_text(encoding="utf-8")
    read = {
        name for file in (ROOT / "spojka").rglob("*.py") for name in VARIABLE.findall(file.read_text(encoding="utf-8"))
    }

    described = set(re.findall(r"^\| `(SPOJKA_[A-Z_]+)` \|", page, re.MULTILINE))

    assert described == read - OF_TESTS


def test_every_page_is_reached_from_the_index():
    index = ROOT / "docs" / "README.md"
    linked = {(index.parent / found["file"]).resolve() for found in LINK.finditer(index.read_text(encoding="utf-8"))}

    hidden = [str(page.relative_to(ROOT)) for page in PAGES if "docs" in page.parts and page not in linked | {index}]

    assert hidden == []
