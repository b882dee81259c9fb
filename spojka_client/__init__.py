"""
A client of Spojka's connector: programs send messages and take in what came, known by their certificate.

    >>> from spojka_client import Message
    >>> Message("+420601234567", "Dobrý den")
    Message(to='+420601234567', text='Dobrý den')

`Connector` works as it is called, `AsyncConnector` with asyncio; both do the same. What is refused is an answer
(`Refused`), and whoever sends many messages gets an answer for each. What kept a call from being answered is raised:

    ConnectorError
    ├── NotAnswered        no answer came; what carries a reference may be sent again, and is by `tries`
    └── RequestRefused     the whole request was refused: a certificate, an address, too much at once
"""

from __future__ import annotations

from spojka_client.answers import Accepted, Cancelled, Item, Limits, MessageState, Part, Preview, Refused
from spojka_client.asynchronous import AsyncConnector
from spojka_client.connector import Connector
from spojka_client.errors import ConnectorError, NotAnswered, RequestRefused
from spojka_client.messages import Message, MultimediaMessage, MultimediaPart

__all__ = [
    "Accepted",
    "AsyncConnector",
    "Cancelled",
    "Connector",
    "ConnectorError",
    "Item",
    "Limits",
    "Message",
    "MessageState",
    "MultimediaMessage",
    "MultimediaPart",
    "NotAnswered",
    "Part",
    "Preview",
    "Refused",
    "RequestRefused",
]
