"""A network that steps sessions of test services, and a walk over everything that happened to compare balances with."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

from spojka.access.database.connections import transaction
from spojka.access.operations.calling import call
from spojka.access.operations.context import OPERATOR, Context
from spojka.charging.balances.online.batches import Batch
from spojka.charging.balances.online.memory import Memory
from spojka.charging.balances.online.rules import Sizes
from spojka.charging.balances.online.sessions import Answer, Step, Wanted
from spojka.charging.balances.store import balances_of_period
from spojka.charging.rating.running import rate_period
from spojka.charging.rating.tables import left_column
from spojka.kernel.ids import TenantId, uuid7
from spojka.kernel.time import Period

MB = 1024 * 1024
START = datetime(2026, 2, 10, 9, 0, tzinfo=UTC)


@dataclass
class Network:
    """Steps sessions of one tenant in virtual time, as one process of the gateway would."""

    tenant: TenantId
    now: datetime = START
    memory: Memory = field(default_factory=Memory)
    sizes: Sizes = field(default_factory=Sizes)
    sequences: dict[UUID, int] = field(default_factory=dict)

    def later(self, seconds: float) -> None:
        """Time passes."""
        self.now += timedelta(seconds=seconds)

    def do(self, name: str, /, **given):
        """Call an operation or a query that must not be refused; its result."""
        outcome = call(name, given, tenant=self.tenant, actor=OPERATOR, now=self.now)
        assert outcome.refusal is None, outcome.refusal
        return outcome.result

    def refused(self, name: str, /, **given):
        """Call an operation that must be refused; the refusal."""
        outcome = call(name, given, tenant=self.tenant, actor=OPERATOR, now=self.now)
        assert outcome.refusal is not None, outcome.plain
        return outcome.refusal

    def enable(self, service, feature: str) -> None:
        """Order a service beyond the default card and pay its deposit."""
        ordered = self.do("services.enable", service=service, feature=feature)
        if ordered.deposit is not None:
            self.do("ordering.pay_deposit", order=ordered.order, amount=ordered.deposit.value)
        self.later(1)

    def steps(self, steps: list[Step]) -> list[Answer]:
        """Carry out steps as one batch."""
        with transaction(self.tenant) as db:
            ctx = Context(db, self.tenant, OPERATOR, self.now, uuid7(), None)
            batch = Batch(ctx, self.memory, now_ns=int(self.now.timestamp() * 1e9), sizes=self.sizes)
            answers = batch.run(steps)
        batch.keep()
        return answers

    def reserve(self, service, kind="voice", to="602000002", *, asked=None, session=None, **wanted) -> Answer:
        """Begin a session."""
        begun = session or uuid7()
        self.sequences[begun] = 1
        said = Wanted(kind, "" if kind == "data" else to, **wanted)
        return self.steps([Step(begun, 1, "reserve", self.now, service, said, asked=asked)])[0]

    def commit(self, session: UUID, used: int, *, asked=None) -> Answer:
        """Report use and go on."""
        self.sequences[session] += 1
        step = Step(session, self.sequences[session], "commit", self.now, used=used, asked=asked)
        return self.steps([step])[0]

    def release(self, session: UUID, used: int) -> Answer:
        """Report use and end."""
        self.sequences[session] += 1
        return self.steps([Step(session, self.sequences[session], "release", self.now, used=used)])[0]

    def kept(self, service, period="2026-02") -> dict[str, object]:
        """The balance as online charging left it."""
        with transaction(self.tenant) as db:
            ctx = Context(db, self.tenant, OPERATOR, self.now, uuid7(), None)
            (row,) = balances_of_period(ctx, [service], Period.parse(period).starts_on)
        held = {
            slot: (granted, left)
            for slot, granted, left in zip(row["slots"], row["capacity"], row["remaining"], strict=True)
            if granted or left
        }
        return {"slots": held, "meters": row["counters"]}

    def walked(self, service, files, period="2026-02") -> dict[str, object]:
        """The balance that rating every record in the order of time gives."""
        with transaction(self.tenant) as db:
            ctx = Context(db, self.tenant, OPERATOR, self.now, uuid7(), files)
            rated = rate_period(ctx, Period.parse(period), services=[str(service)])
        assert rated is not None
        state, names = rated.state, [slot.name for slot in rated.book.book.slots]
        pairs = zip(names, state.granted[0].tolist(), state.left[0].tolist(), strict=True)
        held = {slot: (granted, left) for slot, granted, left in pairs if granted or left}
        return {"slots": held, "meters": state.ledger[0, : left_column(state.book)].tolist()}


def opened(tenant: TenantId, tariff="nej-mobil-plus", *, count=1, now=START) -> tuple[Network, list[UUID]]:
    """A provider with services of a tariff, and its network."""
    network = Network(tenant, now)
    network.do("provider.load")
    party = network.do("parties.register", kind="consumer", name="Eva Malá", born_on="1990-05-17", email="e@example.cz")
    signed = [
        network.do(
            "contracts.sign",
            party=party.id,
            product="nej-mobil",
            options={"tariff": tariff, "msisdn": f"+420601{number:06d}"},
        )
        for number in range(count)
    ]
    network.later(1)
    return network, [one.services[0].id for one in signed]
