"""Two companies with two applications each: contracts, certificates, pace, limits, a nickname and accounts to bind."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final, Literal

from spojka.network.messaging.certificates.generating import Holder, certificate_pem, key_pem, new_key, self_signed
from spojka.surfaces.demo.customers import with_check_digit
from spojka.surfaces.demo.month import Demo

CONDITIONS: Final = "o2-connector/operating-conditions@2022-11"
PACE_PER_S: Final = 100
DAY_LIMIT: Final = 20_000
CERTIFICATE_DAYS: Final = 10 * 365
"""So long that the demonstration of an old month still finds it valid."""

Dialect = Literal["https", "smpp"]


@dataclass(frozen=True, slots=True)
class Plan:
    """
    An application of the demonstration.

    Args:
        name: of the application.
        subscriber: place in `SUBSCRIBERS`.
        dialect: how its program speaks.
        messages: that it sends.
        priority: whether they are priority messages.
        nickname: that they are sent from; the application's own numbers where empty.
        raised: whether its limits are raised; one that is not meets them.

    """

    name: str
    subscriber: int
    dialect: Dialect
    messages: int
    priority: bool = False
    nickname: str = ""
    raised: bool = True


SUBSCRIBERS: Final = (("Rozvážka Slunečnice s.r.o.", "2714403"), ("Pojišťovna Kotva a.s.", "2586627"))
PLANS: Final = (
    Plan("objednávky", 0, "https", 5_200, raised=False),
    Plan("akce", 0, "https", 4_800, nickname="SLUNECNICE"),
    Plan("upomínky", 1, "smpp", 5_200),
    Plan("kódy", 1, "smpp", 4_800, priority=True),
)


@dataclass(frozen=True, slots=True)
class DemoApplication:
    """An application that runs: its plan, id and numbers, the file of its certificate, and its account to bind."""

    plan: Plan
    id: str
    app_number: str
    msisdn: str
    certificate: Path
    system_id: str = ""
    password: str = ""


def subscribe(demo: Demo, *, at: datetime) -> list[DemoApplication]:
    """Register the companies, conclude their contracts and make their applications ready; again changes nothing."""
    demo.do("provider.load", {}, at=at, key="demo:provider")
    parties: list[str] = []
    for name, seven in SUBSCRIBERS:
        given = {
            "kind": "business",
            "name": name,
            "ico": with_check_digit(seven),
            "email": f"sms{len(parties) + 1}@example.cz",
            "address": {"street": "Květná 7", "city": "Brno", "zip_code": "602 00"},
        }
        parties.append(demo.do("parties.register", given, at=at, key=f"demo:{seven}").plain["id"])
    return [_application(demo, plan, parties[plan.subscriber], at=at) for plan in PLANS]


def _application(demo: Demo, plan: Plan, party: str, *, at: datetime) -> DemoApplication:
    key = f"demo:{plan.name}"
    contact = {"name": "Jana Nováková", "phone": "+420601000001", "login": "jana"}
    wanted = {"party": party, "product": "SMSC_EXTRA", "name": plan.name, "contact": contact}
    ordered = demo.do("connector.order", wanted, at=at, key=f"{key}:order").plain["application"]
    application = ordered["id"]
    certificate = _certify(demo, plan, application, at=at)
    given = {"application": application, "presented": [CONDITIONS]}
    shown = demo.do("connector.activate", given, at=at, key=f"{key}:activate").plain["application"]
    later = at + timedelta(minutes=5)
    _order(demo, {"application": application, "kind": "throughput", "rate_per_s": PACE_PER_S}, at=later, key=key)
    if plan.nickname:
        asked = {
            "application": application,
            "kind": "nickname",
            "nickname": plan.nickname,
            "entitlement": "ochranná známka",
        }
        option = _order(demo, asked, at=later, key=f"{key}:nickname")
        if option["state"] != "active":
            approved = {"option": option["id"], "decision": "approve"}
            demo.do("connector.decide_option", approved, at=later, key=f"{key}:nickname:approved")
        stated = {"application": application, "mode": "attest", "opt_out_route": "https://obchod.example/odhlaseni"}
        demo.do("consents.set_mode", stated, at=later, key=f"{key}:opt-out")
    if plan.raised:
        raised = {"application": application, "period": "day", "value": DAY_LIMIT, "reason": "větší rozesílka"}
        demo.do("connector.set_limit", raised, at=later, key=f"{key}:limit")
    system_id = password = ""
    if plan.dialect == "smpp":
        wish = {"application": application, "purpose": "service"}
        wish |= {"message_class": "priority" if plan.priority else "standard"}
        account = demo.do("connector.set_bind_account", wish, at=later).plain
        system_id, password = account["system_id"], account["password"]
    return DemoApplication(
        plan, application, shown["app_number"], shown["msisdn"], certificate, system_id=system_id, password=password
    )


def _order(demo: Demo, asked: dict[str, Any], *, at: datetime, key: str) -> dict[str, Any]:
    found: dict[str, Any] = demo.do("connector.order_option", asked, at=at, key=f"{key}:{asked['kind']}").plain
    option: dict[str, Any] = found["option"]
    return option


def _certify(demo: Demo, plan: Plan, application: str, *, at: datetime) -> Path:
    """The program's own key and certificate in a file that is made once."""
    file = demo.folder / f"{application}.pem"
    if not file.exists():
        name, seven = SUBSCRIBERS[plan.subscriber]
        key = new_key("ec")
        holder = Holder("program.example.cz", name, with_check_digit(seven))
        made = certificate_pem(self_signed(key, holder, now=at, days=CERTIFICATE_DAYS))
        given = {"application": application, "certificate": made}
        demo.do("certificates.register_generated", given, at=at, key=f"demo:{plan.name}:certificate")
        file.touch(mode=0o600)
        file.write_bytes(key_pem(key) + made.encode())
    return file
