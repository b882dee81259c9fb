"""
Whether a message is accepted: the checks in their order, and the desk that makes accepted messages durable.

Owns: the order of checks and their reasons, what a submission is answered. Does not own who an application is
(`applications`), consents (`consents`), or what is done with an accepted message (`sending`). Invariants: whoever is
answered "accepted" finds the message in the database; a refused message is not counted, not charged and not queued;
in a batch every message has its own answer, in the order given.
"""
