"""Online charging over HTTP: what the protocol asks and answers, and bodies that no program would send."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from spojka.charging.balances.online.desk import ChargingDesk
from spojka.surfaces.bench.charging_kills import under_kills
from spojka.surfaces.bench.charging_world import make_world
from spojka.surfaces.gateway.bodies import BodyWrong, read_body
from spojka.surfaces.gateway.charging import ROOT, ChargingGateway, NotGuarded, serve
from spojka.surfaces.gateway.countries import COUNTRY_OF_MCC
from spojka.surfaces.gateway.translation import reference
from tests.charging.balances.network import MB, opened

NUMBER = "msisdn-420601000000"


class Exchange:
    """One request's other half, as the server gives it."""

    def __init__(self, body: bytes) -> None:
        self.body, self.status, self.headers, self.text = body, 0, {}, ""

    async def __call__(self) -> bytes:
        return self.body

    def response_str(self, status, headers, body):
        self.status, self.headers, self.text = status, dict(headers), body

    def response_empty(self, status, headers):
        self.status, self.headers = status, dict(headers)

    @property
    def json(self):
        return json.loads(self.text)


class Caller:
    """Calls a gateway as a server would hand requests to it."""

    def __init__(self, tenant, *, token=None) -> None:
        self.loop = asyncio.new_event_loop()
        self.desk = ChargingDesk(tenant, now=lambda: datetime.now(UTC))
        self.gateway = ChargingGateway(self.desk, token=token)
        self.sequence = 0

    def raw(self, path, body: bytes, method="POST", **headers):
        scope = SimpleNamespace(proto="http", method=method, path=path, headers=headers)
        exchange = Exchange(body)
        self.loop.run_until_complete(self.gateway.__rsgi__(scope, exchange))
        return exchange

    def post(self, path, **changes):
        self.sequence += 1
        return self.raw(path, json.dumps(body_of(self.sequence, **changes)).encode())

    def close(self):
        self.loop.run_until_complete(self.desk.close())
        self.loop.close()


def body_of(sequence=1, *, units=({"ratingGroup": 10, "requestedUnit": {"totalVolume": 5 * MB}},), **more):
    return {
        "subscriberIdentifier": NUMBER,
        "nfConsumerIdentification": {"nodeFunctionality": "SMF", "nFName": "smf-1"},
        "invocationTimeStamp": datetime.now(UTC).isoformat(),
        "invocationSequenceNumber": sequence,
        "multipleUnitUsage": list(units),
        **more,
    }


@pytest.fixture
def world(tenant):
    """A service of tariff Plus today, and a caller."""
    network, (service,) = opened(tenant, now=datetime.now(UTC) - timedelta(hours=1))
    network.now = datetime.now(UTC)
    caller = Caller(tenant)
    yield network, service, caller
    caller.close()


def call_to(number, **more):
    return {"iMSChargingInformation": {"calledPartyAddress": f"tel:{number}", "roleOfNode": "ORIGINATING_ROLE", **more}}


def test_data_are_created_updated_and_released(world):
    network, service, caller = world

    created = caller.post(ROOT)
    place = created.headers["location"]
    used = {"ratingGroup": 10, "requestedUnit": {}, "usedUnitContainer": [{"totalVolume": 3 * MB}, {"totalVolume": MB}]}
    updated = caller.post(f"{place}/update", units=[used])
    released = caller.post(f"{place}/release", units=[{"ratingGroup": 10, "usedUnitContainer": [{"totalVolume": MB}]}])

    (begun,) = created.json["multipleUnitInformation"]
    assert created.status == 201
    assert begun["resultCode"] == "SUCCESS"
    assert begun["grantedUnit"] == {"totalVolume": 5 * MB}
    assert 0 < begun["validityTime"] <= 3600
    assert updated.status == 200
    assert updated.json["invocationSequenceNumber"] == 2
    assert updated.json["multipleUnitInformation"][0]["grantedUnit"] == {"totalVolume": 10 * MB}
    assert (released.status, released.text) == (204, "")
    network.now = datetime.now(UTC)
    assert network.do("balances.of", service=service).data.used == 5 * MB


def test_a_call_gets_its_first_minute_in_seconds(world):
    _, _, caller = world

    created = caller.post(ROOT, units=[{"ratingGroup": 1, "requestedUnit": {}}], **call_to("+420602000002"))

    assert created.json["multipleUnitInformation"][0]["grantedUnit"] == {"time": 60}


def test_a_message_is_a_one_time_event(world):
    network, service, caller = world
    sms = {"sMSChargingInformation": {"recipientInfo": [{"recipientGPSI": "msisdn-420602000002"}]}}
    unit = {"ratingGroup": 2, "requestedUnit": {"serviceSpecificUnits": 3}}
    body = json.dumps(body_of(1, units=[unit], oneTimeEvent=True, oneTimeEventType="IEC", **sms)).encode()

    first, again = caller.raw(ROOT, body), caller.raw(ROOT, body)

    assert (first.status, again.status) == (201, 201)
    assert first.headers["location"] == again.headers["location"]
    assert first.json["multipleUnitInformation"][0]["grantedUnit"] == {"serviceSpecificUnits": 3}
    assert again.json["multipleUnitInformation"] == first.json["multipleUnitInformation"]
    network.now = datetime.now(UTC)
    pools = {pool.slot: pool for pool in network.do("balances.of", service=service).pools}
    assert pools["sms.all_networks.0"].used == 3


def test_the_same_request_begins_the_same_once(world):
    network, service, caller = world
    body = json.dumps(body_of(units=[{"ratingGroup": 10, "requestedUnit": {"totalVolume": 9 * MB}}])).encode()

    first, again = caller.raw(ROOT, body), caller.raw(ROOT, body)
    release = {"ratingGroup": 10, "usedUnitContainer": [{"totalVolume": 9 * MB}]}
    body = json.dumps(body_of(7, units=[release])).encode()
    ended = [caller.raw(f"{first.headers['location']}/release", body).status for _ in range(2)]

    assert first.headers["location"] == again.headers["location"]
    assert ended == [204, 204]
    network.now = datetime.now(UTC)
    assert network.do("balances.of", service=service).data.used == 9 * MB


def test_several_rating_groups_are_one_resource(world):
    network, service, caller = world
    wanted = [{"ratingGroup": group, "requestedUnit": {"totalVolume": MB}} for group in (10, 20)]
    used = [{"ratingGroup": group, "usedUnitContainer": [{"uplinkVolume": 1000}]} for group in (10, 30)]

    created = caller.post(ROOT, units=wanted)
    place = created.headers["location"]
    updated = caller.post(f"{place}/update", units=[{"ratingGroup": 30, "requestedUnit": {"totalVolume": MB}}])
    caller.post(f"{place}/release", units=used)

    assert [one["ratingGroup"] for one in created.json["multipleUnitInformation"]] == [10, 20]
    assert updated.json["multipleUnitInformation"][0]["resultCode"] == "SUCCESS"
    network.now = datetime.now(UTC)
    assert network.do("balances.of", service=service).data.used == 2000


def test_another_process_finds_the_resource(world, tenant):
    _, _, caller = world
    other = Caller(tenant)
    place = caller.post(ROOT).headers["location"]

    other.sequence = 1
    updated = other.post(f"{place}/update", units=[{"ratingGroup": 10, "usedUnitContainer": [{"totalVolume": MB}]}])
    other.close()

    assert updated.status == 200
    assert updated.json["multipleUnitInformation"] == [{"ratingGroup": 10, "resultCode": "SUCCESS"}]


def test_the_end_of_the_volume_is_a_final_unit_and_then_a_limit_reached(world):
    network, service, caller = world
    volume = network.do("balances.of", service=service).data.left
    unit = {"ratingGroup": 10, "requestedUnit": {"totalVolume": 2**40}}

    created = caller.post(ROOT, units=[unit])
    last = created.json["multipleUnitInformation"][0]
    while "grantedUnit" in last:
        used = {**unit, "usedUnitContainer": [{"totalVolume": last["grantedUnit"]["totalVolume"]}]}
        final = last
        last = caller.post(f"{created.headers['location']}/update", units=[used]).json["multipleUnitInformation"][0]
    refused = caller.post(ROOT, units=[unit])

    assert volume > 0
    assert final["finalUnitIndication"] == {"finalUnitAction": "TERMINATE"}
    assert last["resultCode"] == "QUOTA_LIMIT_REACHED"
    assert last["why"] == {"code": "UNITS_EXHAUSTED", "clauses": ["nej/2.17", "nej/4.20"], "figures": {}}
    assert (refused.status, refused.json["cause"]) == (403, "QUOTA_LIMIT_REACHED")
    assert refused.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("changes", "status", "cause", "code"),
    [
        (call_to("906123456"), 403, "END_USER_REQUEST_DENIED", "PREMIUM_BARRED"),
        (call_to("999"), 403, "END_USER_REQUEST_DENIED", "INVALID_NUMBER"),
        ({"subscriberIdentifier": "msisdn-420601999999"}, 404, "USER_UNKNOWN", "SERVICE_UNKNOWN"),
        ({"subscriberIdentifier": "imsi-230990000999999"}, 404, "USER_UNKNOWN", "SERVICE_UNKNOWN"),
    ],
)
def test_a_refusal_names_its_cause_and_why(world, changes, status, cause, code):
    _, _, caller = world

    reply = caller.post(ROOT, **changes)

    assert (reply.status, reply.json["cause"]) == (status, cause)
    assert reply.json["multipleUnitInformation"][0]["why"]["code"] == code


def test_data_abroad_are_known_by_the_mobile_country_code(world):
    _, _, caller = world
    there = {"userLocationinfo": {"nrLocation": {"tai": {"plmnId": {"mcc": "310", "mnc": "410"}, "tac": "0001"}}}}

    reply = caller.post(ROOT, pDUSessionChargingInformation={"chargingId": 7, **there})

    assert reply.json["multipleUnitInformation"][0]["why"]["code"] == "ROAMING_NOT_INCLUDED"
    assert reply.json["multipleUnitInformation"][0]["why"]["figures"] == {"country": "US"}


def test_an_emergency_call_goes_on_for_anybody(world):
    _, _, caller = world

    created = caller.post(ROOT, subscriberIdentifier="msisdn-420777777777", **call_to("112"))
    place = created.headers["location"]

    assert created.json["multipleUnitInformation"][0]["grantedUnit"] == {"time": 4200}
    assert caller.post(f"{place}/update").status == 200
    assert caller.post(f"{place}/release").status == 204


@pytest.mark.parametrize("act", ["update", "release"])
@pytest.mark.parametrize(
    "ref", ["x", "0198c0de-0000-7000-8000-000000000001", str(reference(b"", datetime(2026, 6, 1, tzinfo=UTC)))]
)
def test_an_unknown_reference_is_not_found(world, act, ref):
    _, _, caller = world

    reply = caller.post(f"{ROOT}/{ref}/{act}")

    assert (reply.status, reply.json["cause"]) == (404, "CONTEXT_NOT_FOUND")


def test_a_session_that_ended_is_gone_and_an_old_step_conflicts(world):
    _, _, caller = world
    place = caller.post(ROOT).headers["location"]
    unit = {"ratingGroup": 10, "requestedUnit": {}}
    caller.post(f"{place}/update", units=[unit])

    old = caller.raw(f"{place}/update", json.dumps(body_of(1, units=[unit])).encode())
    caller.sequence = 5
    caller.post(f"{place}/release")
    gone = caller.post(f"{place}/update", units=[unit])

    assert (old.status, old.json["cause"]) == (409, "SEQUENCE_PASSED")
    assert (gone.status, gone.json["cause"]) == (410, "SESSION_ENDED")


@pytest.mark.parametrize(
    ("change", "param"),
    [
        ({"subscriberIdentifier": "suci-1"}, "subscriberIdentifier"),
        ({"nfConsumerIdentification": None}, "nfConsumerIdentification"),
        ({"invocationSequenceNumber": -1}, "invocationSequenceNumber"),
        ({"invocationSequenceNumber": True}, "invocationSequenceNumber"),
        ({"invocationTimeStamp": "yesterday"}, "invocationTimeStamp"),
        ({"invocationTimeStamp": "2026-01-01T00:00:00"}, "invocationTimeStamp"),
        ({"invocationTimeStamp": "1999-01-01T00:00:00Z"}, "invocationTimeStamp"),
        ({"units": []}, "multipleUnitUsage"),
        ({"units": [{"ratingGroup": 2**32}]}, "multipleUnitUsage/0/ratingGroup"),
        ({"units": [{"ratingGroup": 1}, {"ratingGroup": 1}]}, "multipleUnitUsage"),
        ({"units": [{"ratingGroup": 1, "requestedUnit": {"time": 2**63}}]}, "multipleUnitUsage/0/requestedUnit/time"),
        ({"oneTimeEvent": True, "oneTimeEventType": "PEC"}, "oneTimeEventType"),
        ({"subscriberIdentifier": None}, "subscriberIdentifier"),
        (
            call_to("")["iMSChargingInformation"] and {"iMSChargingInformation": {}},
            "iMSChargingInformation/calledParty",
        ),
    ],
)
def test_what_is_wrong_with_a_body_is_named(world, change, param):
    _, _, caller = world

    reply = caller.post(ROOT, **change)

    assert reply.status == 400
    assert reply.headers["content-type"] == "application/problem+json"
    assert any(each["param"].startswith(param) for each in reply.json["invalidParams"]), reply.text


def test_other_addresses_and_methods_are_refused(world):
    _, _, caller = world

    assert caller.raw("/", b"").status == 404
    assert caller.raw(f"{ROOT}/x/y/update", b"").status == 404
    assert caller.raw(ROOT, b"", method="GET").status == 405
    assert caller.raw(ROOT, b"x" * (1024 * 1024 + 1)).status == 413
    assert caller.raw(ROOT, b"", **{"content-length": "9999999"}).status == 413


def test_with_a_token_nobody_else_is_served(tenant):
    network, _ = opened(tenant, now=datetime.now(UTC) - timedelta(hours=1))
    caller = Caller(tenant, token="secret")
    body = json.dumps(body_of()).encode()

    answers = [caller.raw(ROOT, body, authorization=one) for one in ("", "Bearer wrong", "Bearer secret")]
    caller.close()

    assert [answer.status for answer in answers] == [401, 401, 201]
    assert network.now is not None


def test_the_gateway_does_not_open_itself_to_a_network():
    with pytest.raises(NotGuarded, match="token"):
        serve("0.0.0.0", 1, "nobody")


def test_every_mobile_country_code_is_of_a_country():
    assert COUNTRY_OF_MCC["230"] == "CZ"
    assert all(len(mcc) == 3 and mcc.isdecimal() and len(country) == 2 for mcc, country in COUNTRY_OF_MCC.items())


JSON = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | some.text(max_size=8),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=300, deadline=None)
@given(raw=some.binary(max_size=64) | JSON.map(lambda value: json.dumps(value).encode()))
def test_no_bytes_are_taken_for_a_body(raw):
    with pytest.raises(BodyWrong):
        read_body(raw)


def test_a_deep_body_is_refused():
    with pytest.raises(BodyWrong):
        read_body(b'{"multipleUnitUsage":' + b"[" * 100_000 + b"]" * 100_000 + b"}")


NAMES = [
    *body_of(),
    "pDUSessionChargingInformation",
    "sMSChargingInformation",
    "iMSChargingInformation",
    "oneTimeEvent",
    "chargingId",
]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    changes=some.dictionaries(some.sampled_from(NAMES), JSON, max_size=2),
    units=some.lists(
        some.fixed_dictionaries(
            {"ratingGroup": some.integers(0, 3)},
            optional={"requestedUnit": JSON | some.just({}), "usedUnitContainer": some.lists(JSON, max_size=2)},
        ),
        max_size=3,
    ),
    drop=some.sets(some.sampled_from(NAMES), max_size=1),
    act=some.sampled_from(["create", "update", "release"]),
)
def test_no_body_brings_the_gateway_down(world, changes, units, drop, act):
    _, _, caller = world
    if not hasattr(caller, "place"):
        caller.place = caller.post(ROOT).headers["location"]
    body = {**body_of(caller.sequence, units=units), **changes}
    caller.sequence += 1

    path = ROOT if act == "create" else f"{caller.place}/{act}"
    reply = caller.raw(path, json.dumps({name: body[name] for name in body if name not in drop}).encode())

    assert reply.status in {200, 201, 204, 400, 403, 404, 409, 410}, reply.text
    if reply.status >= 400:
        assert reply.json["status"] == reply.status
        assert reply.json["cause"]


def test_the_gateway_never_loads_django():
    text = (
        "import sys, spojka.surfaces.gateway.charging\n"
        "print([name for name in sys.modules if name.partition('.')[0] == 'django'])"
    )

    ran = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=True, timeout=120)

    assert ran.stdout.strip() == "[]"


def test_killed_in_the_middle_of_its_work_it_loses_and_doubles_nothing(database):
    tenant, code, _ = make_world(40)

    seen = under_kills(tenant, code, services=40, seconds=4, life_s=3, connections=16)

    assert seen["kills"] >= 1
    assert seen["ends_answered"] > 0
    assert (seen["ends_missing"], seen["records_uneven"], seen["balances_wrong"]) == (0, 0, 0)
