"""What kept requests from being carried out: logged without what was asked, and said as a refusal to each."""

from __future__ import annotations

import traceback
from collections.abc import Sequence

import psycopg
import structlog

from spojka.access.database.lanes import LaneClosed
from spojka.kernel.refusals import Refusal
from spojka.network.messaging.smpp.pdus import Pdu
from spojka.network.messaging.submission.desk import CommitUnknown
from spojka.surfaces.gateway.smpp.answers import refusing

_log = structlog.get_logger(__name__)


def failing(requests: Sequence[Pdu], fault: Exception) -> list[Pdu]:
    """
    Answers to requests that failed.

    TRY_AGAIN where the database is away, OUTCOME_UNKNOWN where it went while they were stored, FAULT where the fault is
    ours.
    """
    if isinstance(fault, CommitUnknown):
        return [refusing(one, Refusal("OUTCOME_UNKNOWN")) for one in requests]
    if isinstance(fault, psycopg.OperationalError | LaneClosed):
        _log.error("connector_database_away", fault=type(fault).__name__)
        return [refusing(one, Refusal("TRY_AGAIN")) for one in requests]
    _log.error("smpp_requests_failed", fault=type(fault).__name__, places=places(fault))
    return [refusing(one, Refusal("FAULT")) for one in requests]


def places(fault: Exception) -> list[str]:
    """Where a fault arose: the last files and lines, and nothing of what was handled there."""
    return [f"{one.filename}:{one.lineno}" for one in traceback.extract_tb(fault.__traceback__)[-6:]]
