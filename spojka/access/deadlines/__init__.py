"""
At this time, unless this has happened, do this operation, because of this clause.

Owns: the list of everything that will happen by itself. Does not own what is then done: that is a registered
operation. Invariants: a deadline runs once, in one transaction with its operation; it can be cancelled until then.
"""
