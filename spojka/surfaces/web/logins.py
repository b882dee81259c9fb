"""The demonstration's logins: made once, kept readable by their owner alone, told whenever the pages start."""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from spojka.access.database.server import home
from spojka.access.operations.calling import call
from spojka.access.operations.context import OPERATOR
from spojka.access.tenants.store import TenantUnknown, tenant_by_code
from spojka.kernel.ids import TenantId

DEMONSTRATIONS: Final = ("demo", "demo-sms")
"""The tenants that the demonstration makes; only their logins are made up."""


@dataclass(frozen=True, slots=True)
class Login:
    """A login of the demonstration: at which tenant, whose pages it opens, and its password."""

    tenant: str
    opens: str
    login: str
    password: str


def _file(code: str) -> Path:
    return home() / "demo" / f"{code}.logins.json"


def _add(code: str, tenant: TenantId, now: datetime, given: dict[str, object], opens: str) -> Login | None:
    password = secrets.token_urlsafe(12)
    outcome = call("users.add", {**given, "password": password}, tenant=tenant, actor=OPERATOR, now=now)
    return Login(code, opens, str(given["login"]), password) if outcome.refusal is None else None


def _make(code: str, tenant: TenantId, now: datetime) -> list[Login]:
    found = call("overview.search", {"text": "a", "most": 1}, tenant=tenant, actor=OPERATOR, now=now).result
    made = [_add(code, tenant, now, {"login": "operator", "roles": ["administrator"]}, "console")]
    for each in found:
        given = {"login": "customer", "roles": ["customer"], "party": each.party}
        made.append(_add(code, tenant, now, given, f"portal, {each.name}"))
    return [login for login in made if login is not None]


def _logins_at(code: str, now: datetime) -> list[Login]:
    try:
        tenant = tenant_by_code(code)
    except TenantUnknown:
        return []
    file = _file(code)
    if file.exists():
        kept = json.loads(file.read_text(encoding="utf-8"))
        if kept["tenant"] == str(tenant):
            return [Login(**each) for each in kept["logins"]]
    made = _make(code, tenant, now)
    if made:
        file.parent.mkdir(parents=True, exist_ok=True)
        body = {"tenant": str(tenant), "logins": [asdict(one) for one in made]}
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as out:
            json.dump(body, out, ensure_ascii=False, indent=2)
    return made


def demo_logins(now: datetime) -> list[Login]:
    """The demonstration's logins, made where there are none; empty without a demonstration."""
    return [login for code in DEMONSTRATIONS for login in _logins_at(code, now)]
