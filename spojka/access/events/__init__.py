"""
News: an outbox written in the transaction of what happened, read in order per key.

Owns: the rows. Invariants: news is seen only when what it tells is committed; NOTIFY only wakes, readers poll.
"""
