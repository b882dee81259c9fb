"""
The demonstration's connector: two customers' programs send through real sockets, two simulated networks carry it.

Owns: the subscribers and their applications, their programs, the networks' phones that answer. Does not own anything
that sends, decides or bills: that is what is shown.
Invariants: every message has a reference, so a second run sends nothing again; the clock stands in the middle of the
month that is billed, and runs on as fast as any other.
"""
