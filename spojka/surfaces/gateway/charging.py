"""
Online charging over HTTP, after Nchf converged charging (TS 32.291): create, update and release.

    POST /nchf-convergedcharging/v3/chargingdata                  201 with the address of what was begun
    POST /nchf-convergedcharging/v3/chargingdata/{ref}/update     200
    POST /nchf-convergedcharging/v3/chargingdata/{ref}/release    204

A bad body, an unknown reference and a refusal are answered with problem+json (RFC 9457, TS 29.571); each says `cause`,
and where a clause refused, `why`. The application speaks RSGI; `serve` runs it with granian on HTTP/1.1 and HTTP/2.
"""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import ipaddress
import json
import os
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Protocol
from uuid import UUID

import psycopg
import structlog
from granian import Granian
from granian.constants import Interfaces

from spojka.access.tenants.store import tenant_by_code
from spojka.charging.balances import refusals as _words  # noqa: F401  # the words of the codes in `why`
from spojka.charging.balances.online.desk import ChargingDesk
from spojka.charging.balances.online.sessions import Answer, Kind, Step
from spojka.surfaces.gateway.bodies import BodyWrong, ChargingBody, read_body
from spojka.surfaces.gateway.collecting import collect_seldom
from spojka.surfaces.gateway.translation import (
    FREE,
    at_of,
    begin,
    event_of,
    go_on,
    group_of,
    kind_of,
    last_of,
    read_reference,
    reference,
    result_code,
    session_of,
    unit_information,
    used_of,
    why,
)

ROOT: Final = "/nchf-convergedcharging/v3/chargingdata"
TENANT_VARIABLE: Final = "SPOJKA_GATEWAY_TENANT"
TOKEN_VARIABLE: Final = "SPOJKA_GATEWAY_TOKEN"  # noqa: S105  # a name, not a token
LONGEST_BODY: Final = 1024 * 1024
SWEEP_S: Final = 30
MOST_REFERENCES: Final = 200_000
JSON: Final = ("content-type", "application/json")
PROBLEM: Final = ("content-type", "application/problem+json")
_dumps: Final = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode
_log = structlog.get_logger(__name__)


class NotGuarded(ValueError):
    """The gateway would be open to a network without a token or client certificates."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A response before it is written."""

    status: int
    body: object | None = None
    location: str | None = None


class Headers(Protocol):
    """Headers of a request."""

    def get(self, name: str) -> str | None:
        """The value of a header, or none."""


class Scope(Protocol):
    """A request as RSGI gives it."""

    proto: str
    method: str
    path: str
    headers: Headers


class Exchange(Protocol):
    """The other half: the request's body, and the way to answer."""

    async def __call__(self) -> bytes:
        """The body."""

    def response_str(self, status: int, headers: list[tuple[str, str]], body: str) -> None:
        """Answer with a text."""

    def response_empty(self, status: int, headers: list[tuple[str, str]]) -> None:
        """Answer with no body."""


def problem(status: int, cause: str, detail: str = "", problems: dict[str, str] | None = None) -> Reply:
    """An error as the protocol says it (TS 29.571, ProblemDetails)."""
    body: dict[str, Any] = {"status": status, "cause": cause}
    if detail:
        body["detail"] = detail
    if problems:
        body["invalidParams"] = [{"param": name, "reason": reason} for name, reason in problems.items()]
    return Reply(status, body)


class ChargingGateway:
    """
    The RSGI application of one tenant.

    Args:
        desk: carries out what is asked.
        token: what a caller must bring, or `None` when nobody needs one.

    """

    def __init__(self, desk: ChargingDesk, *, token: str | None = None) -> None:
        self._desk, self._token = desk, token
        self._groups: OrderedDict[int, dict[int, Kind]] = OrderedDict()
        self._sweeper: asyncio.Task[None] | None = None

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._sweeper = loop.create_task(self._sweep())

    def __rsgi_del__(self, loop: asyncio.AbstractEventLoop) -> None:
        if self._sweeper is not None:
            self._sweeper.cancel()
        loop.run_until_complete(self._desk.close())

    async def __rsgi__(self, scope: Scope, exchange: Exchange) -> None:
        if scope.proto != "http":
            return
        try:
            reply = await self._reply(scope, exchange)
        except BodyWrong as wrong:
            reply = problem(400, wrong.cause, problems=wrong.problems)
        except psycopg.OperationalError as away:
            _log.error("charging_database_away", fault=repr(away))
            reply = problem(503, "NF_CONGESTION", "the database does not answer; ask again")
        except Exception:  # noqa: BLE001  # a fault of ours is answered and logged, never dropped
            _log.exception("charging_request_failed", path=scope.path)
            reply = problem(500, "SYSTEM_FAILURE")
        if reply.body is None:
            exchange.response_empty(reply.status, [])
            return
        headers = [PROBLEM if reply.status >= 400 else JSON]
        if reply.location is not None:
            headers.append(("location", reply.location))
        exchange.response_str(reply.status, headers, _dumps(reply.body))

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(SWEEP_S)
            with contextlib.suppress(psycopg.OperationalError):
                await self._desk.expire()

    async def _reply(self, scope: Scope, exchange: Exchange) -> Reply:
        ref, act = _address(scope.path)
        if act is None:
            return problem(404, "RESOURCE_URI_STRUCTURE_NOT_FOUND")
        if scope.method != "POST":
            return problem(405, "METHOD_NOT_ALLOWED", "only POST")
        if self._token is not None and not _brings(scope.headers.get("authorization"), self._token):
            return problem(401, "UNAUTHORIZED", "a bearer token is needed")
        if int(_whole(scope.headers.get("content-length")) or 0) > LONGEST_BODY:
            return problem(413, "PAYLOAD_TOO_LARGE")
        raw = await exchange()
        if len(raw) > LONGEST_BODY:
            return problem(413, "PAYLOAD_TOO_LARGE")
        body = read_body(raw)
        now = datetime.now(UTC)
        at = at_of(body, now)
        if act == "create":
            return await self._create(body, raw, at)
        if ref.startswith(FREE):
            return _free(body, act)
        found = read_reference(ref)
        kinds = {} if found is None else await self._known(found)
        if found is None or not kinds:
            return problem(404, "CONTEXT_NOT_FOUND", "there is no such charging data resource")
        if act == "update":
            return await self._update(body, found, kinds, at)
        return await self._release(body, found, kinds, at)

    async def _create(self, body: ChargingBody, raw: bytes, at: datetime) -> Reply:
        if not body.units:
            raise BodyWrong("MANDATORY_IE_MISSING", {"multipleUnitUsage": "names no rating group"})
        ref, kind = reference(raw, at), kind_of(body)
        answers = await self._desk.reserve([begin(body, ref, unit, at) for unit in body.units])
        if body.one_time:
            return await self._event(body, ref, answers, at)
        begun = [answer for answer in answers if answer.granted]
        if not begun:
            return _denied(answers, kind)
        if all(answer.unkept for answer in begun):
            return Reply(201, _response(body, answers, kind), f"{ROOT}/{FREE}{ref}")
        self._remember(ref, {group_of(answer.session): kind for answer in begun if not answer.unkept})
        return Reply(201, _response(body, answers, kind), f"{ROOT}/{ref}")

    async def _event(self, body: ChargingBody, ref: UUID, answers: Sequence[Answer], at: datetime) -> Reply:
        """A one-time event is used as soon as it is granted whole."""
        kind = kind_of(body)
        events = [event_of(answer, unit, kind) for answer, unit in zip(answers, body.units, strict=True)]
        steps = [
            Step(answer.session, body.sequence + 1, "release", at, used=used)
            for answer, (_, used) in zip(answers, events, strict=True)
            if answer.granted and not answer.unkept
        ]
        if steps:
            await self._desk.reserve(steps)
        final = [event for event, _ in events]
        if not any(answer.granted for answer in final):
            return _denied(final, kind)
        return Reply(201, _response(body, final, kind), f"{ROOT}/{ref}")

    async def _update(self, body: ChargingBody, ref: UUID, kinds: dict[int, Kind], at: datetime) -> Reply:
        steps = [
            go_on(body, ref, unit, at, kinds[unit.rating_group])
            if unit.rating_group in kinds
            else begin(body, ref, unit, at)
            for unit in body.units
        ]
        answers = await self._desk.reserve(steps) if steps else []
        gone = _gone(answers)
        if gone is not None:
            return gone
        own = dict(kinds)
        for step, answer in zip(steps, answers, strict=True):
            if step.wanted is not None and (answer.granted or answer.repeated):
                own[group_of(step.session)] = step.wanted.kind
        self._remember(ref, own)
        units = [unit_information(each, own.get(group_of(each.session), kind_of(body))) for each in answers]
        return Reply(200, {**_head(body), "multipleUnitInformation": units})

    async def _release(self, body: ChargingBody, ref: UUID, kinds: dict[int, Kind], at: datetime) -> Reply:
        used = {unit.rating_group: unit for unit in body.units}
        steps = [
            Step(
                session_of(ref, group),
                body.sequence,
                "release",
                at,
                used=used_of(used[group], kind) if group in used else 0,
            )
            for group, kind in kinds.items()
        ]
        gone = _gone(await self._desk.reserve(steps))
        self._groups.pop(ref.int, None)
        return gone or Reply(204)

    async def _known(self, ref: UUID) -> dict[int, Kind]:
        """The rating groups of a resource with their kinds; none for an unknown one."""
        known = self._groups.get(ref.int)
        if known is None:
            found = await self._desk.between(ref, last_of(ref))
            known = {group_of(session): kind for session, kind in found.items()}
        return known

    def _remember(self, ref: UUID, kinds: dict[int, Kind]) -> None:
        self._groups[ref.int] = kinds
        if len(self._groups) > MOST_REFERENCES:
            self._groups.popitem(last=False)


def _address(path: str) -> tuple[str, str | None]:
    """The reference and what is to be done to it; none for an address that we do not have."""
    if path == ROOT:
        return "", "create"
    ref, _, act = path.removeprefix(f"{ROOT}/").partition("/")
    return ref, act if path.startswith(f"{ROOT}/") and ref and act in {"update", "release"} else None


def _brings(header: str | None, token: str) -> bool:
    return header is not None and hmac.compare_digest(header.encode(), f"Bearer {token}".encode())


def _whole(text: str | None) -> str | None:
    return text if text is not None and text.isascii() and text.isdecimal() and len(text) < 16 else None


def _head(body: ChargingBody) -> dict[str, Any]:
    return {
        "invocationTimeStamp": datetime.now(UTC).isoformat().replace("+00:00", "Z"),
        "invocationSequenceNumber": body.sequence,
    }


def _response(body: ChargingBody, answers: Sequence[Answer], kind: Kind) -> dict[str, Any]:
    return {**_head(body), "multipleUnitInformation": [unit_information(answer, kind) for answer in answers]}


def _denied(answers: Sequence[Answer], kind: Kind) -> Reply:
    """Nothing was begun: the protocol's cause, and why for each rating group."""
    codes = {result_code(answer) for answer in answers}
    found = next((answer.why.code for answer in answers if answer.why is not None), "")
    if codes == {"USER_UNKNOWN"}:
        status, cause = 404, "USER_UNKNOWN"
    elif codes == {"QUOTA_LIMIT_REACHED"}:
        status, cause = 403, "QUOTA_LIMIT_REACHED"
    elif found in {"SEQUENCE_PASSED", "SESSION_EXISTS"}:
        status, cause = 409, found
    else:
        status, cause = 403, "END_USER_REQUEST_DENIED"
    units = [unit_information(answer, kind) for answer in answers]
    return Reply(status, {"status": status, "cause": cause, "detail": found, "multipleUnitInformation": units})


def _gone(answers: Sequence[Answer]) -> Reply | None:
    """The problem of a request whose sessions are not there, have ended, or are past that step."""
    statuses = {"SESSION_UNKNOWN": 404, "SESSION_ENDED": 410, "SEQUENCE_PASSED": 409}
    codes = [answer.why.code for answer in answers if answer.result == "refused" and answer.why is not None]
    if not answers or len(codes) < len(answers) or not set(codes) <= set(statuses):
        return None
    refusal = next(answer.why for answer in answers if answer.why is not None)
    status = statuses[refusal.code]
    return Reply(status, {"status": status, "cause": refusal.code, "why": why(refusal)})


def _free(body: ChargingBody, act: str) -> Reply:
    """What nothing is kept of goes on."""
    if act == "release":
        return Reply(204)
    units = [{"ratingGroup": unit.rating_group, "resultCode": "SUCCESS"} for unit in body.units]
    return Reply(200, {**_head(body), "multipleUnitInformation": units})


def application() -> ChargingGateway:
    """The application of the tenant that the environment names; granian calls it in its worker."""
    desk = ChargingDesk(tenant_by_code(os.environ[TENANT_VARIABLE]), now=lambda: datetime.now(UTC))
    collect_seldom()
    return ChargingGateway(desk, token=os.environ.get(TOKEN_VARIABLE) or None)


@dataclass(frozen=True, slots=True)
class Tls:
    """Files of TLS: the gateway's certificate and key, and who may call: the certificates of clients' authorities."""

    certificate: Path
    key: Path
    client_authority: Path | None = None


def serve(host: str, port: int, tenant_code: str, *, token: str | None = None, tls: Tls | None = None) -> None:
    """
    Serve until stopped.

    Args:
        host: the address to listen on; beyond this machine only with a token or client certificates (`NotGuarded`).
        port: the port.
        tenant_code: whose services are charged.
        token: what callers must bring as `Authorization: Bearer`; by default `SPOJKA_GATEWAY_TOKEN`, or none.
        tls: certificates; by default plain HTTP.

    """
    bearer = token or os.environ.get(TOKEN_VARIABLE) or ""
    mutual = tls is not None and tls.client_authority is not None
    if not _is_local(host) and not bearer and not mutual:
        raise NotGuarded(f"on {host} the gateway needs a token ({TOKEN_VARIABLE}) or client certificates")
    tenant_by_code(tenant_code)
    os.environ[TENANT_VARIABLE], os.environ[TOKEN_VARIABLE] = tenant_code, bearer
    Granian(
        f"{__name__}:application",
        factory=True,
        address=host,
        port=port,
        interface=Interfaces.RSGI,
        workers=1,
        log_access=False,
        ssl_cert=tls.certificate if tls else None,
        ssl_key=tls.key if tls else None,
        ssl_ca=tls.client_authority if tls else None,
        ssl_client_verify=mutual,
    ).serve()


def _is_local(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
