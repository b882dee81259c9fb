"""
Online charging: may a call, a message or a data session go on, and for how long.

Owns: the sessions of the network, what is granted to them, and the batches in which they are carried out: one
transaction, one audit row, one answer a step. Does not own prices and pools (`rating`), nor the protocol the network
speaks (`surfaces/gateway`).

Invariants:
* A step is done once: the same session and sequence answer the same again.
* A session that ends is one usage record a part; adding it to the balance gives what rating all records in the order of
  time gives, or the service is rated anew.
* Whatever is granted is kept in the database before it is answered.
* A session that falls silent is ended by a sweep, and what was reserved for it is free again.
"""
