"""Words: everything a page says has Czech and English, and codes that rooms keep have words."""

from __future__ import annotations

import ast
import gettext
import importlib
import re
from pathlib import Path
from typing import get_args

import pytest
from django.template.base import Lexer, TokenType

from spojka.access.operations.registry import find
from spojka.charging.usage import reasons
from spojka.network.messaging.messages.lives import TAKEN_BACK
from spojka.network.messaging.messages.records import EventKind, Status
from spojka.network.messaging.smpp.statuses import STATUSES
from spojka.surfaces.web.labels import LABELS
from spojka.surfaces.web.messages import CATALOGUE, SURFACES, all_messages, is_translated, read_catalogue
from tests.tidy.sources import PACKAGE, python_files

TEMPLATES = sorted(SURFACES.rglob("templates/**/*.html"))
PLACE = re.compile(r"%\((\w+)\)s")
SAID = re.compile(r"""(?:aria-label|title|placeholder|alt)="([^"]*)\"""")
SAME_EVERYWHERE = {
    "Spojka",
    "CSV",
    "PDF",
    "ISDOC",
    "SMPP",
    "TLS",
    "English",
    "Čeština",
    "Esc",
    "Enter",
    "console",
    "portal",
}
"""Names that are the same in both languages, the languages' own names, and the classes that a page's body has."""


def test_every_message_has_its_czech_words():
    catalogue = read_catalogue()

    lacking = [
        f"{each.file}:{each.line} {each.singular}"
        for each in all_messages()
        if (found := catalogue.get(each.id)) is None or not is_translated(found.string)
    ]

    assert lacking == [], "run scripts/words and fill in what it names"


def test_the_catalogue_holds_no_words_that_nobody_says():
    said = {each.id for each in all_messages()}

    assert [message.id for message in read_catalogue() if message.id and message.id not in said] == []


def test_translations_keep_the_places_that_figures_go_to():
    broken = []
    for message in read_catalogue():
        if not message.id:
            continue
        wanted = set(PLACE.findall(message.id if isinstance(message.id, str) else message.id[1]))
        forms = [message.string] if isinstance(message.string, str) else message.string
        broken += [message.id for form in forms if set(PLACE.findall(form)) != wanted]

    assert broken == []


def test_what_is_shipped_is_compiled_from_the_catalogue():
    with CATALOGUE.with_suffix(".mo").open("rb") as file:
        shipped = gettext.GNUTranslations(file)

    for message in read_catalogue():
        if message.id and isinstance(message.id, str):
            assert shipped.gettext(message.id) == message.string
        elif message.id:
            forms = [shipped.ngettext(*message.id, n) for n in (1, 2, 5)]
            assert forms == list(message.string)


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: str(file.relative_to(SURFACES)))
def test_a_template_says_nothing_without_asking_the_catalogue(file: Path):
    inside, texts = False, []
    for token in Lexer(file.read_text(encoding="utf-8")).tokenize():
        if token.token_type is TokenType.BLOCK and token.contents.startswith(("blocktranslate", "endblocktranslate")):
            inside = token.contents.startswith("blocktranslate")
        elif token.token_type is TokenType.TEXT and not inside:
            texts.append(token.contents)
        else:
            texts.append("\0")
    whole = "".join(texts)

    attributes = [word for said in SAID.findall(whole) for word in re.findall(r"[^\W\d_]{3,}", said)]
    bare = re.findall(r"[^\W\d_]{3,}", re.sub(r"<[^>]*>", " ", re.sub(r"&\w+;", " ", whole), flags=re.DOTALL))

    assert sorted({*bare, *attributes} - SAME_EVERYWHERE) == []


def _codes(constraint_name: str) -> set[str]:
    from spojka.trade.services.models import ServiceHold

    constraint = next(each for each in ServiceHold._meta.constraints if each.name == constraint_name)
    return set(dict(constraint.condition.children)["scope__in"])


def test_every_scope_of_a_hold_and_every_reason_to_wait_has_words(database):
    constants = (getattr(reasons, name) for name in dir(reasons) if name.isupper())
    waiting = {each for each in constants if isinstance(each, str)}

    assert _codes("service_hold_scope") <= set(LABELS["hold_scope"])
    assert waiting <= set(LABELS["suspense_reason"])


def _operations_of_deadlines():
    for file in python_files("spojka"):
        module = ".".join(file.relative_to(PACKAGE.parent).with_suffix("").parts)
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            named = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "set_deadline"
            for keyword in node.keywords if named else ():
                if keyword.arg == "operation" and isinstance(keyword.value, ast.Constant):
                    yield keyword.value.value
                elif keyword.arg == "operation" and isinstance(keyword.value, ast.Name):
                    yield getattr(importlib.import_module(module), keyword.value.id, "")


def test_whatever_happens_by_itself_is_told_in_words():
    promised = set(_operations_of_deadlines()) - {""}

    assert promised
    assert promised <= set(LABELS["operation"]), "add words to labels.py, then run scripts/words"
    assert all(find(name) for name in promised)


def test_whatever_a_message_is_and_whatever_happens_to_it_has_words():
    assert set(get_args(Status)) <= set(LABELS["message_status"])
    assert set(get_args(EventKind)) <= set(LABELS["message_event"])
    assert {status.code for status in STATUSES.values()} - {"accepted"} <= set(LABELS["failure"])


def _codes_of_events():
    """The codes that our own rules write into the lives of messages."""
    yield TAKEN_BACK
    for file in python_files("spojka"):
        if not str(file.relative_to(PACKAGE)).startswith(("network/messaging", "journeys", "surfaces/gateway")):
            continue
        refuses = file.name in {"claiming.py", "composing.py"}
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            match node:
                case ast.Dict():
                    yield from (
                        _text(to) for key, to in zip(node.keys, node.values, strict=True) if _text(key) == "code"
                    )
                case ast.Call(func=ast.Attribute(attr="fail")):
                    yield from map(_text, node.args)
                case ast.Call(func=ast.Name(id="refuse" | "Refusal")) if refuses:
                    yield _text(node.args[0])
                case ast.Assign(targets=[ast.Name(id="code")]) if refuses:
                    yield _text(node.value)


def _text(node):
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def test_every_reason_that_a_messages_life_can_hold_has_words():
    kept = set(_codes_of_events()) - {""}

    assert {"TAKEN_BACK", "BODY_ALTERED", "CERT_REVOKED", "SERVICE_SUSPENDED", "no_route", "message_invalid"} <= kept
    assert {"CONSENT_WITHDRAWN", *kept} <= set(LABELS["failure"]), "add words to message_labels.py, run scripts/words"
