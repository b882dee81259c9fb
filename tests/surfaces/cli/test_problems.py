"""What somebody must act on is said in a line, with what to do next."""

from __future__ import annotations

import psycopg
import pytest

from spojka.surfaces.cli.problems import explained
from spojka.surfaces.demo.month import DemoFailed


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        (psycopg.errors.UndefinedTable('relation "tenant" does not exist'), "the database has no tables yet"),
        (
            psycopg.errors.UndefinedColumn('column "attempts" does not exist\nLINE 1: …'),
            "is of another version, column",
        ),
        (psycopg.OperationalError("connection failed:\nno such file"), "cannot be reached: no such file"),
    ],
)
def test_a_database_that_does_not_fit_is_explained(bad, said):
    assert said in explained(bad)


def test_an_old_database_is_brought_up_by_one_command():
    assert explained(psycopg.errors.UndefinedColumn("column x does not exist")).endswith("bring it up: spojka init")


def test_what_only_a_traceback_explains_is_not_explained_away():
    assert explained(KeyError("x")) is None


def test_a_demonstration_that_failed_says_why_in_its_own_words():
    assert explained(DemoFailed("the connector's part failed")) == "the connector's part failed"
