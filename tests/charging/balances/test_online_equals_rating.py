"""Whatever happens in whatever order, a balance is what rating all records in the order of time gives."""

from __future__ import annotations

from random import Random

import pytest

from spojka.access.database.connections import transaction
from tests.charging.balances.network import MB, Network, opened

NUMBERS = ("602000002", "+420601000001", "222333444", "910123456", "844111222", "112")
ABROAD = ("CZ", "CZ", "DE", "US", "TH")


class Life:
    """Random days of one service: sessions that overlap, volumes bought, limits switched, records from elsewhere."""

    def __init__(self, network: Network, service, random: Random) -> None:
        self.network, self.service, self.random = network, service, random
        self.open: dict = {}
        self.records = 0

    def live(self) -> str:
        """One thing happens; says what."""
        deeds = (
            [self.begin] * 4 + [self.go_on] * 6 + [self.end] * 4 + [self.buy, self.switch, self.elsewhere, self.again]
        )
        deed = self.random.choice(deeds)
        self.network.later(self.random.choice([0.001, 1, 20, 300]) + self.random.random())
        deed()
        return deed.__name__

    def begin(self) -> None:
        kind = self.random.choice(["voice", "voice", "video", "sms", "data", "data"])
        answer = self.network.reserve(
            self.service,
            kind,
            self.random.choice(NUMBERS),
            asked=self.random.choice([None, None, 1, 90 * MB]) if kind == "data" else None,
            visited=self.random.choice(ABROAD) if kind == "data" else "CZ",
        )
        assert answer.result in {"granted", "refused"}, answer
        if answer.result == "granted":
            self.open[answer.session] = answer.granted

    def _used(self, session) -> int:
        granted = self.open[session]
        return self.random.choice([0, granted, granted, self.random.randint(0, granted)])

    def go_on(self) -> None:
        if self.open:
            session = self.random.choice(list(self.open))
            answer = self.network.commit(
                session, self._used(session), asked=self.random.choice([None, None, 30, 70 * MB])
            )
            assert answer.result in {"granted", "stopped"}, answer
            self.open[session] = answer.granted

    def end(self) -> None:
        if self.open:
            session = self.random.choice(list(self.open))
            answer = self.network.release(session, self._used(session))
            assert answer.result == "released", answer
            del self.open[session]

    def buy(self) -> None:
        self.network.do("balances.buy_topup", service=self.service, topup="topup-500")

    def switch(self) -> None:
        on = self.network.do("balances.of", service=self.service).roaming.state.value == "off"
        self.network.do("balances.switch_roaming_limit", service=self.service, on=on)

    def elsewhere(self) -> None:
        self.records += 1
        at = self.network.now.isoformat()
        record = {"id": f"r{self.records}", "service": self.service, "kind": "voice", "to": NUMBERS[0], "at": at}
        self.network.do("usage.record", records=[{**record, "duration_s": self.random.randint(1, 900)}])

    def again(self) -> None:
        self.network.do("rating.rate", period="2026-02")


@pytest.mark.parametrize("seed", range(6))
def test_a_balance_is_what_rating_everything_in_order_gives(tenant, tmp_path, seed):
    network, (service,) = opened(tenant)
    life = Life(network, service, Random(seed))

    for number in range(45):
        done = life.live()
        if number % 3 == 0 and network.memory.tabs:
            assert network.kept(service) == network.walked(service, tmp_path), (seed, number, done)
    for session in list(life.open):
        network.later(1)
        network.release(session, 0)

    assert network.kept(service) == network.walked(service, tmp_path)
    assert network.kept(service)["meters"] != [0] * len(network.kept(service)["meters"])


def test_what_a_session_is_told_it_cost_is_what_rating_its_record_gives(tenant):
    network, (service,) = opened(tenant, "nej-mobil-basic")
    random = Random(7)
    told = {}

    for _ in range(12):
        network.later(random.randint(1, 4000))
        begun = network.reserve(service, random.choice(["voice", "sms"]), random.choice(NUMBERS[:5]))
        network.later(random.randint(1, 70))
        told[begun.session] = network.release(begun.session, random.randint(0, begun.granted)).charge_micros

    with transaction(tenant) as db:
        kept = {row["record"]["record_id"] for row in db.execute("SELECT record FROM usage_buffer").fetchall()}
    assert len(kept) > 5
    for session, micros in told.items():
        if str(session) in kept:
            assert network.do("rating.price", record=str(session), source="online").charge.value.micros == micros
        else:
            assert micros == 0
