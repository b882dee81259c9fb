"""
Whether the network keeps what the provider guarantees: the share of domestic calls that are set up (nej/2.6).

Owns: the figures of each day as the network counted them. Does not own which attempts are eligible: the network counts
domestic calls with both ends in coverage, busy and unanswered ones as set up, and those in an announced outage apart.
Invariants: one row a day; the month's rate is compared unrounded.
"""
