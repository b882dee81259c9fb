"""
Who agreed to be sent messages by whom, and who took it back (o2/8.1).

Owns: consents with their evidence, withdrawals. Does not own complaints and what follows from them (`journeys`).
Invariants: both are only added; what holds at an instant follows from the latest of either; a consent counts for all
applications of a subscriber.
"""
