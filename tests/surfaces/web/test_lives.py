"""Why something happened to a message, as its life tells it."""

from __future__ import annotations

import pytest
from django.utils import translation

from spojka.network.messaging.messages.queries import EventView
from spojka.surfaces.web.lives import _Clauses, _reasons
from tests.surfaces.shop import TODAY

pytestmark = pytest.mark.usefixtures("database")


def told(kind, detail):
    """The figures of one event, in English, without names."""
    with translation.override("en"):
        facts = _reasons(EventView(TODAY, kind, 1, "o2", None, detail), _Clauses({}))
        return [(fact.name, fact.value) for fact in facts]


@pytest.mark.clause("o2/4.4")
@pytest.mark.parametrize("roaming", [True, False])
def test_that_a_recipient_was_abroad_is_told_where_the_report_says_so(roaming):
    detail = {"state": "UNDELIVERABLE", "error": 27, "network": "26201", "roaming": roaming}

    found = told("undelivered", detail)

    abroad = ("Recipient", "abroad, in the network 26201; delivery is not guaranteed there")
    assert (abroad in found) == roaming
    assert ("Error of the network", "27") in found


@pytest.mark.parametrize(
    ("detail", "reason"),
    [
        ({"code": "TAKEN_BACK", "by": "jana"}, "Taken back before it left"),
        ({"code": "BODY_ALTERED", "clauses": ["o2/7.1"]}, "It was no longer what was accepted, so it was not sent"),
    ],
)
def test_a_reason_of_ours_is_told_in_words(detail, reason):
    assert ("Reason", reason) in told("cancelled", detail)
