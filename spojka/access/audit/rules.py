"""How one audit row is bound to the one before it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC
from typing import Any, Final

FIRST_LINK: Final = bytes(32)
"""What the first row of a tenant is chained to."""


def link(previous: bytes, row: Mapping[str, Any]) -> bytes:
    """SHA-256 over the previous link and the row's canonical JSON."""
    body = {
        "tenant": str(row["tenant_id"]),
        "id": str(row["id"]),
        "at": row["at"].astimezone(UTC).isoformat(),
        "actor": row["actor"],
        "operation": row["operation"],
        "digest": bytes(row["digest"]).hex(),
        "outcome": row["outcome"],
        "items": row["items"],
    }
    return hashlib.sha256(previous + json.dumps(body, sort_keys=True).encode()).digest()
