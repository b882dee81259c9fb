"""What keeps a call from being answered."""

from __future__ import annotations

from spojka_client.answers import Refused


class ConnectorError(Exception):
    """Whatever this package raises."""


class NotAnswered(ConnectorError):
    """No answer came, or one that only says to come again; nothing is known of what was asked."""


class RequestRefused(ConnectorError):
    """
    The whole request was refused.

    Args:
        status: of HTTP.
        refused: why.

    """

    def __init__(self, status: int, refused: Refused) -> None:
        self.status, self.refused = status, refused
        super().__init__(f"{refused.code}: {refused.words}")
