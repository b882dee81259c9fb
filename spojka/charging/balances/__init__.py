"""
May it go on: what is left for a service in a period, reserved, committed and released safely under concurrency.

Owns: the state of pools, buckets, limits and counters, bought and carried volumes, spending limits, and the sessions of
online charging. Does not own what a use costs (`rating`), what is billed (`charges`), or whether a service may be used
at all (`trade.services`); it asks them.

Invariants:
* A balance is exactly what rating all records of its service and period in the order of time gives; whatever could not
  be added at its place is walked again.
* What is left less what is reserved never falls below zero.
* A session is committed once: a repeated call answers the same and changes nothing.
"""
