"""The state of every entry of every document."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal

from spojka.surfaces.coverage.code import is_read, marked_in_tests, named_in_code
from spojka.surfaces.coverage.entries import Document, documents

State = Literal["executed_and_tested", "executed", "shown", "missing"]
STATES: Final[tuple[State, ...]] = ("executed_and_tested", "executed", "shown", "missing")


@dataclass(frozen=True)
class Covered:
    """A document with the state of each of its entries, by id."""

    document: Document
    states: Mapping[str, State]

    @cached_property
    def counts(self) -> dict[State, int]:
        """How many entries stand in each state."""
        counted = Counter(self.states.values())
        return {state: counted[state] for state in STATES}

    @property
    def missing(self) -> list[str]:
        """Ids that nothing executes or shows, in the document's order."""
        return [ref for ref, state in self.states.items() if state == "missing"]


def told_ids() -> frozenset[str]:
    """Every id that a passing step of a pack's story cites; runs all the stories."""
    from spojka.access.operations.progress import report  # noqa: PLC0415  # only where stories run
    from spojka.surfaces.jobs.install import install  # noqa: PLC0415
    from spojka.surfaces.registered import register_all  # noqa: PLC0415
    from spojka.surfaces.stories.checking import problems_of  # noqa: PLC0415
    from spojka.surfaces.stories.gathering import gather, story_files  # noqa: PLC0415
    from spojka.surfaces.stories.marked import StoryWrong  # noqa: PLC0415
    from spojka.surfaces.stories.running import run_story  # noqa: PLC0415

    register_all()
    stories = [one.found for one in gather(story_files()) if not isinstance(one.found, StoryWrong)]
    ready = [story for story in stories if not list(problems_of(story))]
    if ready:
        install()
    cited: set[str] = set()
    for number, story in enumerate(ready, start=1):
        cited.update(run_story(story).cites)
        report(number, len(ready), "stories")
    return frozenset(cited)


def _state(ref: str, document: Document, *, tested: frozenset[str], named: frozenset[str], software: bool) -> State:
    if ref in tested:
        return "executed_and_tested"
    if ref in named or any(is_read(term) for term in document.terms.get(ref, ())):
        return "executed"
    if not software and ref in document.shown:
        return "shown"
    return "missing"


def cover(*, run_stories: bool) -> list[Covered]:
    """
    The state of every entry.

    Args:
        run_stories: count what the stories' passing steps cite; without it only tests count as evidence.

    """
    tested = marked_in_tests() | (told_ids() if run_stories else frozenset())
    named = named_in_code()
    return [
        Covered(
            document,
            {
                entry.id: _state(entry.id, document, tested=tested, named=named, software=entry.software)
                for entry in document.entries
            },
        )
        for document in documents()
    ]
