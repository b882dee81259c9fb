"""
Pools of numbers that services get by the dozen: short numbers of applications and the MSISDNs that go with them.

Owns: who holds which number of a pool, and until when a released one rests. Does not own which numbers there are: the
pack's blocks and the terms' patterns say so. Invariants: a number has one holder; the lowest free one is given out,
whoever asks at the same time.
"""
