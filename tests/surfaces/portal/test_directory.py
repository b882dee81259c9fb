"""The directory of applications, without anybody signed in: as a page and from the API."""

from __future__ import annotations

import json

import pytest

NUMBERS = "/directory?search={}"


def listed(visit, connector, *, search="", language="cs"):
    visitor = visit(of=connector, language=language)
    visitor.client.cookies["spojka_language"] = language
    return visitor.get(NUMBERS.format(search))


@pytest.mark.clause("o2/8.7")
@pytest.mark.parametrize(("language", "title"), [("cs", "Seznam odesílatelů"), ("en", "Directory of senders")])
def test_anybody_reads_who_is_published_and_of_nobody_more_than_the_clause_lets(visit, connector, language, title):
    answer = listed(visit, connector, language=language)

    text = answer.content.decode()
    assert answer.status_code == 200
    assert f"<h1>{title}</h1>" in text
    assert {"Pekárna U Kostela s.r.o.", "Pekarna", "Květiny Dvořák s.r.o."} <= set(_cells(text))
    assert "Jana Nováková" not in text
    assert "Kostelní 3" not in text
    assert "Upomínky" not in text
    assert len(_rows(text)) == 2  # one waits to be switched on, and one is no product of the directory


@pytest.mark.clause("o2/8.7")
@pytest.mark.parametrize(("search", "rows"), [("PEKARNA", 1), ("kvetiny", 1), ("nobody", 0), ("%25", 0)])
def test_what_is_searched_is_found_on_the_page_as_by_the_api(visit, connector, search, rows):
    page = listed(visit, connector, search=search)
    api = visit(of=connector).client.get(
        f"/api/v1/providers/{connector.code}/queries/connector.directory?search={search}"
    )

    assert len(_rows(page.content.decode())) == rows
    assert len(json.loads(api.content)["result"]["entries"]) == rows


@pytest.mark.clause("o2/8.7")
def test_a_hidden_entry_is_on_no_page_and_in_no_answer(visit, own_connector):
    own_connector.do("connector.hide_entry", application=own_connector.plus, reason="námitka")

    page = listed(visit, own_connector)
    api = visit(of=own_connector).client.get(f"/api/v1/providers/{own_connector.code}/queries/connector.directory")

    assert [one for one in _cells(page.content.decode()) if one.endswith("s.r.o.")] == ["Květiny Dvořák s.r.o."]
    assert "Pekárna" not in api.content.decode()


def test_the_terms_lead_to_the_directory_where_there_is_one(visit, shop, connector):
    found = visit(of=connector).get("/terms").content.decode()
    other = visit(of=shop).get("/terms").content.decode()

    assert f'href="/{connector.code}/directory"' in found
    assert "/directory" not in other
    assert visit(of=shop).get("/directory").status_code == 404


def _rows(text):
    return text.partition("<tbody>")[2].partition("</tbody>")[0].split("<tr>")[1:]


def _cells(text):
    return [part.partition("</td>")[0].partition(">")[2] for part in text.split("<td")[1:]]
