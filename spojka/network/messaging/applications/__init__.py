"""
Applications of subscribers: a service of a connector product with its numbers, options, limits and contact persons.

Owns: what an application is and may do. Does not own its contract and state (`trade`), or its messages (`messages`).
Invariants: numbers belong to one open application; a change is seen by the data plane within a second.
"""
