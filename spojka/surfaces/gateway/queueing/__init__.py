"""
Queueing: how accepted messages go from the gateways that accepted them to the sender, on one host or several.

Owns: the ways from a desk to a sender (`ways`): by PostgreSQL, which wakes the sender to read (`notified`), and by a
stream of NATS JetStream, which carries the messages themselves (`jetstream`); how messages travel there (`pages`).
Does not own: the messages, what is claimed and sent, who sends.

Invariants: nothing is on its way that is not committed; a page is acknowledged when the sender has heard it; whatever
comes twice, late or never is decided by the claim in the database, and found by reading it.
"""
