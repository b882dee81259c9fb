"""What running stories found: per step what passed, what was cited, and for a failure expected and got side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from spojka.surfaces.stories.comparing import Mismatch
from spojka.surfaces.stories.marked import Place
from spojka.surfaces.stories.reading import Story

State = Literal["passed", "failed", "left_out"]


@dataclass(frozen=True, slots=True)
class StepResult:
    """
    One step that was run, or left out after a failure.

    Args:
        number: 1-based, counting each round of a repeated step.
        place: where it is written.
        text: the step in a few words, like `ask rating.price`.
        state: whether it passed.
        cites: ids of the clauses that its findings or its refusal rest on.
        duration_ms: how long it took.
        problem: for a failure, what is wrong.
        mismatches: for a failure, the places that differ.
        explanation: the finding or the refusal in words.
        cause: the exception that a call raised, if one did.

    """

    number: int
    place: Place
    text: str
    state: State
    cites: tuple[str, ...] = ()
    duration_ms: int = 0
    problem: str = ""
    mismatches: tuple[Mismatch, ...] = ()
    explanation: str = ""
    cause: BaseException | None = None


@dataclass(frozen=True, slots=True)
class StoryResult:
    """One story's run: its steps in order, and how long it took with its tenant."""

    story: Story
    steps: tuple[StepResult, ...]
    duration_ms: int = 0

    @property
    def passed(self) -> bool:
        """Whether every step passed."""
        return all(step.state == "passed" for step in self.steps)

    @property
    def failed_step(self) -> StepResult | None:
        """The step that failed, or none."""
        return next((step for step in self.steps if step.state == "failed"), None)

    @property
    def cites(self) -> tuple[str, ...]:
        """Every clause id that a passing step's finding or refusal rests on."""
        return tuple(dict.fromkeys(ref for step in self.steps if step.state == "passed" for ref in step.cites))


class Failure(Exception):
    """
    A step does not hold.

    Args:
        problem: what is wrong, in a few words.
        mismatches: the places that differ.
        explanation: the finding or the refusal in words.
        place: where it is written, when more exact than the step's.
        cites: clauses the answer rested on all the same.

    """

    def __init__(
        self,
        problem: str,
        mismatches: tuple[Mismatch, ...] = (),
        explanation: str = "",
        place: Place | None = None,
        cites: tuple[str, ...] = (),
    ) -> None:
        self.problem, self.mismatches, self.explanation = problem, mismatches, explanation
        self.place, self.cites = place, cites
        super().__init__(problem)
