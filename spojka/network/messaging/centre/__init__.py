"""
The simulated SMS centre: what a network answers, in time or late, with receipts that come early, twice or never.

Owns: how a centre behaves by its settings, what it was sent, what mobiles write. Does not own SMPP (`smpp`). It is no
part of a real network: it lets everything run on one machine, in a program of its own
(`python -m spojka.network.messaging.centre`) or within one. Invariants: what it accepted it remembers; every receipt is
sent until it is taken, unless the settings lose it; the same seed behaves the same.
"""
