"""Where stories lie: files of them, folders of files, and the `stories` folder of every reference pack."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from spojka.surfaces.stories.marked import Sequence, StoryWrong, read_documents
from spojka.surfaces.stories.reading import Story, read_story
from spojka.trade.publications.packs import PROVIDERS


@dataclass(frozen=True, slots=True)
class Gathered:
    """
    One story of a file, or why the file or the story cannot be read.

    Args:
        file: where it lies.
        title: the story's title, or the file's name.
        found: the story, or what is wrong.

    """

    file: Path
    title: str
    found: Story | StoryWrong


def story_files(pack: str | None = None) -> list[Path]:
    """Every file of stories of the reference packs, or of one of them."""
    return sorted(PROVIDERS.glob(f"{pack or '*'}/stories/*.yaml"))


def expand(paths: Iterable[Path]) -> list[Path]:
    """The given files, and every `*.yaml` below the given folders."""
    files: list[Path] = []
    for path in paths:
        files += sorted(path.rglob("*.yaml")) if path.is_dir() else [path]
    return files


def gather(files: Iterable[Path]) -> Iterator[Gathered]:
    """
    Every story of the files, in order; what cannot be read comes as its error.

    A file that is one list of steps is there to be included, and holds no story.
    """
    for file in files:
        try:
            documents = list(read_documents(file.read_text(encoding="utf-8"), str(file)))
        except StoryWrong as bad:
            yield Gathered(file, file.name, bad)
            continue
        for marked in documents:
            if isinstance(marked, Sequence):
                continue
            title = str(marked.get("story", file.name)) if isinstance(marked, dict) else file.name
            try:
                yield Gathered(file, title, read_story(marked, str(file)))
            except StoryWrong as bad:
                yield Gathered(file, title, bad)
