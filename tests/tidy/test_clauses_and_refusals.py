"""Every clause that is cited exists, and every refusal has words in both languages."""

from __future__ import annotations

import ast
import re
import string

from spojka.access.operations.registry import all_operations
from spojka.surfaces.coverage.code import marks_of
from spojka.surfaces.coverage.entries import known_ids
from spojka.surfaces.gateway.connector import refusals as _of_programs  # noqa: F401  # the words of a surface's own codes
from spojka.surfaces.gateway.smpp import refusals as _of_links  # noqa: F401  # and of another one's
from spojka.surfaces.stories.gathering import gather, story_files
from spojka.surfaces.stories.marked import StoryWrong
from spojka.surfaces.stories.reading import Call, Repeat
from spojka.terms.refusals import all_refusals
from tests.tidy.sources import called, python_files, tree_of, where

CITED = re.compile(
    r"(?<![\w/.-])(?P<prefix>[a-z][a-z0-9-]*(?:/[a-z][a-z0-9-]*)?)/(?P<number>\d+(?:\.\d+)*(?:-[a-z0-9]+)?)\b"
)


def test_every_clause_that_code_cites_exists():
    ids = known_ids()
    prefixes = {ref.rpartition("/")[0] for ref in ids}

    unknown = [
        f"{where(file, number)} {found[0]}"
        for file in python_files("spojka")
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1)
        for found in CITED.finditer(line)
        if found["prefix"] in prefixes and found[0] not in ids
    ]

    assert unknown == []


def test_no_clause_of_the_mobile_provider_is_cited_by_name_where_every_provider_is_served():
    """A pack's terms say which clause something rests on; benchmarks alone make up items of one provider."""
    named = [
        f"{where(file, node.lineno)} {node.value}"
        for file in python_files("spojka")
        if "surfaces/bench" not in file.as_posix()
        for node in ast.walk(tree_of(file))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and re.fullmatch(r"nej/[\d.]+(-\w+)?", node.value)
    ]

    assert named == []


def test_every_clause_that_a_test_is_evidence_for_exists():
    ids = known_ids()
    prefixes = {ref.rpartition("/")[0] for ref in ids}

    unknown = [
        f"{where(file, line)} {ref}"
        for file in python_files("tests")
        for line, ref in marks_of(file)
        if ref.rpartition("/")[0] in prefixes and ref not in ids
    ]

    assert unknown == []


def _cited(steps):
    for step in steps:
        if isinstance(step, Repeat):
            yield from _cited(step.steps)
        elif isinstance(step, Call):
            yield from ((ref, step.place) for ref in step.cites)


def test_every_clause_that_a_story_cites_exists():
    ids = known_ids()
    stories = [one.found for one in gather(story_files()) if not isinstance(one.found, StoryWrong)]
    unknown = [
        f"{place} {ref}" for story in stories for ref, place in [*story.clauses, *_cited(story.steps)] if ref not in ids
    ]

    assert unknown == []


def test_every_refusal_has_words_with_the_same_figures_in_both_languages():
    def figures(words):
        return {name for _, name, _, _ in string.Formatter().parse(words) if name}

    uneven = [one.code for one in all_refusals() if figures(one.cs) != figures(one.en) or not one.cs or not one.en]

    assert uneven == []


def test_every_refusal_that_an_operation_declares_is_defined():
    known = {one.code for one in all_refusals()}
    undefined = [f"{one.name}: {code}" for one in all_operations() for code in one.refusals if code not in known]

    assert undefined == []


def test_every_refusal_that_code_answers_with_is_defined():
    known = {one.code for one in all_refusals()}
    undefined = [
        f"{where(file, node.lineno)} {node.args[0].value}"
        for file in python_files("spojka")
        for node in ast.walk(tree_of(file))
        if isinstance(node, ast.Call)
        and called(node).rpartition(".")[2] in ("Refusal", "refuse")
        and node.args
        and isinstance(node.args[0], ast.Constant)
        and node.args[0].value not in known
    ]

    assert undefined == []


def test_every_operation_says_in_one_line_what_it_does():
    silent = [one.name for one in all_operations() if not one.doc]

    assert silent == []
