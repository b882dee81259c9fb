"""Forms as pages draw them: fields with their words, what was written in them, and what could not be taken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import MAXYEAR, MINYEAR, datetime
from typing import Any, Final, Literal

from django.http import HttpRequest
from django.utils.translation import gettext as _

from spojka.access.operations.calling import ArgumentsWrong
from spojka.access.operations.outcome import Outcome
from spojka.kernel.refusals import Refusal
from spojka.kernel.time import PRAGUE
from spojka.surfaces.web.calls import attempt
from spojka.surfaces.web.visits import the_visit
from spojka.terms.refusals import explain_refusal

Kind = Literal["text", "tel", "url", "number", "password", "datetime-local", "file", "textarea", "select", "radio"]

LONGEST: Final = 200_000
"""Characters of one field that are looked at; what is longer is cut and then refused by whoever reads it."""


@dataclass(frozen=True, slots=True)
class Field:
    """
    One field of a form.

    Args:
        name: under which it is sent.
        label: what stands above it.
        kind: how it is filled in.
        value: what is in it.
        hint: what stands below it.
        choices: (value, words) of `select` and `radio`.
        required: whether a browser insists on it.
        most: characters that it takes.
        completes: the browser's `autocomplete`.
        problem: why what was written cannot be taken; `code` is the refusal's.

    """

    name: str
    label: str
    kind: Kind = "text"
    value: str = ""
    hint: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    required: bool = True
    most: int | None = None
    completes: str = "off"
    problem: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """
    A form of one operation.

    Args:
        name: tells the forms of a page apart; it is sent as `do`.
        button: the word of its button.
        fields: from the top.
        problem: why it could not be taken as a whole; `code` is the refusal's.
        plain: whether its button is not the main one of the page.
        danger: whether its button does what cannot be taken back.

    """

    name: str
    button: str
    fields: tuple[Field, ...] = ()
    problem: str = ""
    code: str = ""
    plain: bool = False
    danger: bool = False

    @property
    def has_files(self) -> bool:
        """Whether files are sent with it."""
        return any(field.kind == "file" for field in self.fields)

    @property
    def is_wrong(self) -> bool:
        """Whether something could not be taken."""
        return bool(self.problem) or any(field.problem for field in self.fields)

    def filled(self, request: HttpRequest) -> Form:
        """The form with what was sent for it; passwords and files are not shown again."""
        if request.method != "POST" or request.POST.get("do") != self.name:
            return self
        fields = [
            field
            if field.kind in {"password", "file"}
            else replace(field, value=request.POST.get(field.name, "")[:LONGEST])
            for field in self.fields
        ]
        return replace(self, fields=tuple(fields))

    def refused(self, problem: str, *, code: str = "", field: str | None = None) -> Form:
        """The form with a problem, beside the field that it concerns where there is one."""
        if field is None or field not in {each.name for each in self.fields}:
            return replace(self, problem=problem, code=code)
        marked = [replace(each, problem=problem, code=code) if each.name == field else each for each in self.fields]
        return replace(self, fields=tuple(marked))


def is_sent(request: HttpRequest, form: str) -> bool:
    """Whether a form of the page was sent."""
    return request.method == "POST" and request.POST.get("do") == form


def sent(request: HttpRequest, *names: str) -> dict[str, str]:
    """What was written in fields, without the space around it."""
    return {name: request.POST.get(name, "").strip()[:LONGEST] for name in names}


def tell(request: HttpRequest, form: Form, refusal: Refusal, places: Mapping[str, str] | None = None) -> Form:
    """A form with a refusal in the visitor's words, beside the field that `places` names for its code."""
    words = explain_refusal(refusal, the_visit(request).language)
    return form.refused(words, code=refusal.code, field=(places or {}).get(refusal.code))


def press(
    request: HttpRequest,
    form: Form,
    operation: str,
    given: Mapping[str, Any],
    places: Mapping[str, str] | None = None,
    *,
    repeats: bool = True,
) -> tuple[Outcome | None, Form]:
    """
    Call the operation of a form that was sent.

    Returns its outcome, or `None` and the form with what could not be taken. With `repeats` sending the form twice does
    it once; without it, it is done each time, for what is made anew on the way is another call.
    """
    key = request.POST.get("key") if repeats else None
    try:
        outcome = attempt(request, operation, given, key=key or None)
    except ArgumentsWrong as wrong:
        marked = form
        for name in wrong.problems:
            marked = marked.refused(_("This cannot be read. Write it as the hint says."), field=name.partition(".")[0])
        return None, marked
    if outcome.refusal is not None:
        return None, tell(request, form, outcome.refusal, places)
    return outcome, form


def instant_of_field(text: str) -> datetime | None:
    """
    What a field of day and time says, as Prague's clock; `None` when it says nothing that can be read.

    The first and the last year that there are count as unreadable: in another zone they may be no year at all.

    >>> instant_of_field("2026-06-01T09:00").isoformat()
    '2026-06-01T09:00:00+02:00'
    """
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        return None
    if not MINYEAR < read.year < MAXYEAR:
        return None
    return read if read.tzinfo is not None else read.replace(tzinfo=PRAGUE)


def chosen(form: Form, values: Sequence[tuple[str, str]]) -> Form:
    """The form with fields filled in beforehand, as long as nothing was sent."""
    known = dict(values)
    return replace(form, fields=tuple(replace(each, value=known.get(each.name, each.value)) for each in form.fields))
