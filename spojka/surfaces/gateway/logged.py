"""What a process that answers the network says of itself: a line for each event, on standard error."""

from __future__ import annotations

import logging
import sys

import structlog


def log_events() -> None:
    """
    Say what happens from `info` on: a line of JSON each, or readable ones on a terminal.

    What strangers cause in masses, like handshakes that come to nothing, is `debug` and not said.
    """
    shown = structlog.dev.ConsoleRenderer() if sys.stderr.isatty() else structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.dict_tracebacks if not sys.stderr.isatty() else structlog.dev.set_exc_info,
            shown,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
