"""The console's pages of messages: there in both languages, for whom they are, with what they hold."""

from __future__ import annotations

import pytest

from spojka.kernel.ids import uuid7
from tests.surfaces.connector_shop import open_connector

PAGES = (
    "/console/",
    "/console/messages",
    "/console/messages/search",
    "/console/messages/search?recipient=602000001&status=delivered",
    "/console/messages/search?reference=nothing",
    "/console/messages/test",
    "/console/messages/{shop.application}/{shop.messages[delivered]}",
    "/console/messages/{shop.application}/{shop.messages[long]}",
    "/console/messages/{shop.application}/{shop.messages[failed]}",
    "/console/messages/{shop.application}/{shop.messages[uncertain]}",
    "/console/messages/{shop.application}/{shop.messages[waiting]}",
    "/console/applications",
    "/console/applications?application=pek",
    "/console/applications?application=nobody",
    "/console/applications/{shop.application}",
    "/console/applications/{shop.other}",
    "/console/ways",
    "/console/ways?way=smsc-a",
    "/console/ways?kind=mm7",
)


@pytest.fixture(scope="module")
def connector(database):
    """A provider of the connector that tests read."""
    return open_connector(f"conn-{uuid7().hex[-8:]}")


@pytest.fixture
def own_connector(database):
    """A provider of the connector that the test may change."""
    return open_connector(f"conn-{uuid7().hex[-8:]}")


@pytest.fixture
def _nothing_missing(monkeypatch):
    """A template that names what is not there shows a mark."""
    from django.template import engines

    monkeypatch.setattr(engines["django"].engine, "string_if_invalid", "MISSING(%s)")


@pytest.mark.usefixtures("_nothing_missing")
@pytest.mark.parametrize("language", ["cs", "en"])
@pytest.mark.parametrize("page", PAGES)
def test_every_page_is_there_in_both_languages(visit, connector, page, language):
    visitor = visit("operator", of=connector, language=language)
    visitor.client.cookies["spojka_language"] = language

    answer = visitor.get(page.format(shop=connector))

    text = answer.content.decode()
    assert answer.status_code == 200
    assert f'<html lang="{language}">' in text
    assert text.count("<h1") == 1
    assert "MISSING(" not in text
