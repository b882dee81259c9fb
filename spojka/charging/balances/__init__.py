"""
May it go on: what is left for a service in a period, reserved, committed and released safely under concurrency.

Owns: the state of pools, buckets, limits and counters, bought volumes, and the sessions of online charging.
Invariants: what is left never falls below what is reserved; a session is committed once.
"""
