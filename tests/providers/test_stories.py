"""Every story of every pack, each one test: `pytest tests/providers -k first-minute.yaml`."""

from __future__ import annotations

import pytest

from spojka.surfaces.stories.gathering import Gathered, gather, story_files
from spojka.surfaces.stories.marked import StoryWrong
from spojka.surfaces.stories.reporting import as_text
from spojka.surfaces.stories.running import run_story

GATHERED = list(gather(story_files()))


def _id(gathered: Gathered) -> str:
    return f"{gathered.file.parent.parent.name}/{gathered.file.name}: {gathered.title}"


@pytest.mark.parametrize("gathered", GATHERED, ids=_id)
def test_a_story_of_a_pack_holds(database, gathered):
    if isinstance(gathered.found, StoryWrong):
        pytest.fail(str(gathered.found), pytrace=False)

    result = run_story(gathered.found)

    failed = result.failed_step
    if failed is not None and failed.cause is not None:
        raise AssertionError(as_text(failed)) from failed.cause
    assert failed is None, as_text(failed)
