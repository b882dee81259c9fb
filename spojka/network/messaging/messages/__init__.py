"""
The store of messages: what was accepted, what waits, what happened to each, what came in.

Owns: messages, their queue, their events, keys of repeated submissions, counters of limits, the inbox. Does not own the
decision to accept (`submission`) or to send (`sending`). Invariants: a message and its place in the queue are written
together; events are only added, and what a message is now follows from them; tables that grow are partitioned by month
of the id, which carries its time.
"""
