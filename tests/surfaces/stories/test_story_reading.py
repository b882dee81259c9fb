"""Reading stories: texts stay texts, and whatever is wrong is said with file, line and the nearest valid name."""

from __future__ import annotations

import pytest

from spojka.surfaces.stories.marked import StoryWrong, read_documents
from spojka.surfaces.stories.reading import Call, Repeat, read_stories

HEAD = """\
story: A story
provider: nej-mobil
today: 2026-02-01
steps:
"""


def write(tmp_path, text, name="one.yaml"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def problem_of(tmp_path, text):
    with pytest.raises(StoryWrong) as wrong:
        read_stories(write(tmp_path, text))
    return str(wrong.value).removeprefix(f"{tmp_path}/")


def test_scalars_that_yaml_would_turn_into_something_else_stay_as_written():
    (marked,) = read_documents("{a: +420601000001, b: no, c: 10:00, d: 0.05, e: 2026-02-01, f: 007, g: 1e3}", "x")

    assert marked == {
        "a": "+420601000001",
        "b": "no",
        "c": "10:00",
        "d": "0.05",
        "e": "2026-02-01",
        "f": "007",
        "g": "1e3",
    }


def test_nothing_is_null_only_where_it_is_not_quoted():
    (marked,) = read_documents('{a: null, b: ~, c: , d: "null", e: ""}', "x")

    assert marked == {"a": None, "b": None, "c": None, "d": "null", "e": ""}


def test_a_reference_with_an_index_may_stand_unquoted_inside_braces():
    (marked,) = read_documents("{id: c1, service: $eva_contract.services[0].id, list: [$a[1], b]}", "x")

    assert marked == {"id": "c1", "service": "$eva_contract.services[0].id", "list": ["$a[1]", "b"]}


def test_a_duplicate_key_is_an_error_with_both_lines(tmp_path):
    said = problem_of(tmp_path, HEAD + "  - do: a.b\n    with:\n      x: 1\n      x: 2\n")

    assert said == "one.yaml:8: the key 'x' stands twice, first in line 7"


def test_an_unknown_key_of_a_story_names_the_nearest(tmp_path):
    said = problem_of(tmp_path, "story: A\nprovder: nej-mobil\n")

    assert said == "one.yaml:2: a story has no key 'provder'; did you mean provider?"


def test_an_unknown_key_of_a_step_names_the_nearest(tmp_path):
    said = problem_of(tmp_path, HEAD + "  - ask: a.b\n    retuns: {}\n")

    assert said.startswith("one.yaml:6: a step with 'ask' has no key 'retuns'; did you mean returns")


def test_a_step_of_an_unknown_kind_names_the_nearest(tmp_path):
    said = problem_of(tmp_path, HEAD + "  - advanced: 2026-03-01\n")

    assert said == ("one.yaml:5: a step has one of do, ask, advance, repeat, include; did you mean advance?")


def test_a_story_that_checks_nothing_is_an_error(tmp_path):
    said = problem_of(tmp_path, HEAD + "  - do: a.b\n  - advance: 2026-03-01\n")

    assert said == "one.yaml:1: the story checks nothing: it has no ask, returns or refused"


@pytest.mark.parametrize("check", ["ask: a.b", "do: a.b\n    returns: {}", "do: a.b\n    refused: NO"])
def test_a_story_that_asks_or_says_what_is_answered_checks_something(tmp_path, check):
    (story,) = read_stories(write(tmp_path, f"{HEAD}  - {check}\n"))

    assert len(story.steps) == 1


def test_a_check_inside_a_repeat_counts(tmp_path):
    (story,) = read_stories(write(tmp_path, HEAD + "  - repeat: {times: 3, steps: [{ask: a.b}]}\n"))

    (step,) = story.steps
    assert isinstance(step, Repeat)
    assert (step.times, step.steps[0].name) == (3, "a.b")


def test_repeat_may_be_written_with_its_parts_beside_it(tmp_path):
    (story,) = read_stories(write(tmp_path, HEAD + "  - repeat:\n    times: 2\n    steps:\n      - ask: a.b\n"))

    assert story.steps[0].times == 2


def test_several_documents_are_several_stories(tmp_path):
    text = HEAD + "  - ask: a.b\n---\n" + HEAD.replace("A story", "Another") + "  - ask: a.b\n---\n"

    stories = read_stories(write(tmp_path, text))

    assert [(story.title, story.place.line) for story in stories] == [("A story", 1), ("Another", 7)]


def test_included_steps_take_the_place_of_the_step_and_keep_their_own_lines(tmp_path):
    write(tmp_path, "- do: a.first\n- ask: a.second\n", "steps.yaml")

    (story,) = read_stories(write(tmp_path, HEAD + "  - include: steps.yaml\n  - ask: a.third\n"))

    assert [(step.name, step.place.line) for step in story.steps] == [("a.first", 1), ("a.second", 2), ("a.third", 6)]
    assert story.steps[0].place.file.endswith("steps.yaml")


def test_a_missing_included_file_names_the_nearest(tmp_path):
    write(tmp_path, "- ask: a.b\n", "sign.yaml")

    said = problem_of(tmp_path, HEAD + "  - include: sing.yaml\n")

    assert said.startswith("one.yaml:5: there is no file ")
    assert "did you mean sign.yaml" in said


def test_a_file_that_includes_itself_is_an_error(tmp_path):
    write(tmp_path, "- include: self.yaml\n", "self.yaml")

    said = problem_of(tmp_path, HEAD + "  - include: self.yaml\n")

    assert "is included inside itself" in said


def test_a_yaml_error_is_said_with_its_line(tmp_path):
    said = problem_of(tmp_path, HEAD + "  - do: {a\n")

    assert said.startswith("one.yaml:6: not readable as YAML")


def test_returns_beside_refused_is_an_error(tmp_path):
    said = problem_of(tmp_path, HEAD + "  - do: a.b\n    refused: NO\n    returns: {}\n")

    assert said == "one.yaml:6: a call is either answered (returns) or refused, not both"


@pytest.mark.parametrize("name", ["i", "now", "today", "a-b", "1a"])
def test_a_result_cannot_take_a_name_that_means_something_else(tmp_path, name):
    said = problem_of(tmp_path, HEAD + f"  - ask: a.b\n    as: {name}\n")

    assert said.startswith("one.yaml:6: as: ")


def test_returns_may_expect_null(tmp_path):
    (story,) = read_stories(write(tmp_path, HEAD + "  - ask: a.b\n    returns: null\n"))

    step = story.steps[0]
    assert isinstance(step, Call)
    assert step.returns is None
