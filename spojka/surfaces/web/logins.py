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


def _add(code: str, tenant: TenantId, now: datetime, given: dict[str, object], opens: str) -> list[Login]:
    """Add a login, or one beside it where it is there already: nobody knows that one's password any more."""
    password, plain = secrets.token_urlsafe(12), str(given["login"])
    for login in (plain, f"{plain}-{secrets.token_hex(4)}"):
        asked = {**given, "login": login, "password": password}
        if call("users.add", asked, tenant=tenant, actor=OPERATOR, now=now).refusal is None:
            return [Login(code, opens, login, password)]
    return []


def _make(code: str, tenant: TenantId, now: datetime) -> list[Login]:
    """Of staff and of one customer; none before the demonstration has made a customer."""
    found = call("overview.search", {"text": "a", "most": 1}, tenant=tenant, actor=OPERATOR, now=now).result
    made: list[Login] = []
    for each in found:
        made += _add(code, tenant, now, {"login": "operator", "roles": ["administrator"]}, "console")
        given = {"login": "customer", "roles": ["customer"], "party": each.party}
        made += _add(code, tenant, now, given, f"portal, {each.name}")
    return made


def _keep(file: Path, tenant: TenantId, made: list[Login]) -> None:
    """Write the file whole: whoever is killed meanwhile leaves none, and logins are made again."""
    file.parent.mkdir(parents=True, exist_ok=True)
    written = file.with_suffix(".new")
    with os.fdopen(os.open(written, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as out:
        json.dump({"tenant": str(tenant), "logins": [asdict(one) for one in made]}, out, ensure_ascii=False, indent=2)
    written.replace(file)


def _logins_at(code: str, now: datetime) -> list[Login]:
    try:
        tenant = tenant_by_code(code)
    except TenantUnknown:
        return []
    file = home() / "demo" / f"{code}.logins.json"
    if file.exists():
        kept = json.loads(file.read_text(encoding="utf-8"))
        if kept["tenant"] == str(tenant):
            return [Login(**each) for each in kept["logins"]]
    made = _make(code, tenant, now)
    if made:
        _keep(file, tenant, made)
    return made


def demo_logins(now: datetime) -> list[Login]:
    """The demonstration's logins, made where there are none; empty without a demonstration."""
    return [login for code in DEMONSTRATIONS for login in _logins_at(code, now)]
