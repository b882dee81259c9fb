"""What a call's arguments are digested as: by the audit, and by the key that is answered once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from spojka.access.operations.outcome import plain
from spojka.access.operations.registry import Operation


def digest_of(called: Operation, values: Mapping[str, Any]) -> bytes:
    """SHA-256 of a call's name and arguments as JSON; a default that is given is the same as one that is left out."""
    said = {name: plain(value) for name, value in values.items()}
    for argument in called.arguments:
        if not argument.required and argument.name in said and said[argument.name] == plain(argument.default):
            del said[argument.name]
    text = json.dumps([called.name, said], sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).digest()
