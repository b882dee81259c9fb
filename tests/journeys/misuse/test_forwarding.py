"""Calls that are mostly forwarded open a case when the month closes: above the share, and from sixty minutes on."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

IN_JUNE = datetime(2026, 6, 20, 9, tzinfo=UTC)
JULY = datetime(2026, 6, 30, 22, tzinfo=UTC)
SIGNED = datetime(2026, 6, 1, 7, tzinfo=UTC)


@pytest.fixture
def line(do):
    do("provider.load", now=SIGNED)
    party = do("parties.register", kind="consumer", name="Eva", email="eva@example.cz").plain["id"]
    options = {"msisdn": "+420601000001", "tariff": "nej-mobil-max"}
    return do("contracts.sign", party=party, product="nej-mobil", options=options, now=SIGNED).plain["services"][0][
        "id"
    ]


def called(do, service, *, direction, seconds):
    """Record calls of so many seconds in all, each of an hour but the last."""
    lengths = [3600] * (seconds // 3600) + [seconds % 3600] * bool(seconds % 3600)
    whom = {"sender": "602000002"} if direction == "mt" else {"to": "602000003"}
    records = [
        {
            "id": f"{direction}-{number}",
            "service": service,
            "kind": "voice",
            "direction": direction,
            "at": f"2026-06-{number + 2:02}T10:00:00+02:00",
            "duration_s": length,
            **whom,
        }
        for number, length in enumerate(lengths)
    ]
    assert do("usage.record", records=records, now=IN_JUNE).plain["accepted"] == len(lengths)


@pytest.mark.clause("nej/3.6")
@pytest.mark.parametrize(
    ("incoming_s", "forwarded_s", "rules"),
    [
        (400 * 60, 200 * 60, []),
        (400 * 60, 200 * 60 + 1, ["forwarding"]),
        (400 * 60, 201 * 60, ["forwarding"]),
        (61 * 60, 60 * 60 - 1, []),
        (61 * 60, 60 * 60, ["forwarding"]),
        (60 * 60, 0, []),
    ],
)
def test_more_than_half_forwarded_opens_a_case_from_sixty_minutes_on(do, line, incoming_s, forwarded_s, rules):
    called(do, line, direction="mt", seconds=incoming_s)
    called(do, line, direction="forwarded", seconds=forwarded_s)
    do("rating.rate", period="2026-06", now=JULY)

    found = do("misuse.evaluate", period="2026-06", now=JULY).plain

    assert [one["rule"] for one in found] == rules
    assert all(one["evidence"] == {"forwarded_s": forwarded_s, "incoming_s": incoming_s} for one in found)


def test_forwarding_is_asked_about_once_costs_no_penalty_and_is_decided(do, line):
    called(do, line, direction="mt", seconds=7200)
    called(do, line, direction="forwarded", seconds=7200)
    do("rating.rate", period="2026-06", now=JULY)
    party = do("services.show", service=line).plain["party"]

    for _ in range(2):
        case = do("misuse.evaluate", period="2026-06", now=JULY).plain[0]
    decided = do("misuse.decide", case=case["id"], decision="not_explained", now=JULY).plain

    told = do("notices.of", party=party, kind="misuse_explain").plain
    assert {(one["channel"], *one["clauses"]) for one in told} == {("email", "nej/3.6"), ("portal", "nej/3.6")}
    assert len(told) == 2
    assert (decided["state"], decided["penalties"]) == ("closed", [])
