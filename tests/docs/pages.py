"""The pages of the documentation: which there are, and the blocks of commands in them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])

_MARK = re.compile(r"^<!-- (?P<said>.+) -->$")
_FENCE = re.compile(r"^```", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """
    Commands of a page and what they answer.

    Args:
        commands: the lines of a `sh` block.
        answer: the lines of the `text` block right after it, or nothing.
        mark: what the comment above it says; `by hand` is not run, of `yours may differ` the answer is not compared.

    """

    commands: tuple[str, ...]
    answer: tuple[str, ...] | None
    mark: str


def blocks_of(page: Path) -> list[Block]:
    """A page's `sh` blocks in order."""
    found: list[Block] = []
    parts = _FENCE.split(page.read_text(encoding="utf-8"))
    for between, fenced in zip(parts[::2], parts[1::2], strict=False):
        kind, _, body = fenced.partition("\n")
        above = between.strip().splitlines()
        if kind == "sh":
            said = _MARK.match(above[-1]) if above else None
            found.append(Block(tuple(body.splitlines()), None, said["said"] if said else ""))
        elif kind == "text" and not above and found:
            found[-1] = Block(found[-1].commands, tuple(body.splitlines()), found[-1].mark)
    return found


def commands_in(lines: tuple[str, ...]) -> list[str]:
    """Shell commands, each with the lines it goes on with: after a backslash, or up to the end of a document."""
    whole: list[str] = []
    goes_on, ending = False, ""
    for line in lines:
        if goes_on or ending:
            whole[-1] += f"\n{line}"
            goes_on = not ending and line.endswith("\\")
            ending = "" if line == ending else ending
        elif line and not line.startswith("#"):
            whole.append(line)
            goes_on = line.endswith("\\")
            begun = re.search(r"<<'(\w+)'$", line)
            ending = begun[1] if begun else ""
    return whole
