"""
How people are told: an outbox of notices by e-mail, SMS and portal, each with the proof that it went.

Owns: the notices and their proofs. Invariants: a notice is written in the transaction of what it tells; it is sent at
least once and carries an id by which a repeat is recognised.
"""
