"""
Faults and outages of applications, and the part of the fee that is given back for a long one when it is asked for.

Owns: tickets of the fault desk, times without full operation with their causes, claims. Does not own SLA credits, which
rest on the SLA terms alone, or the invoice. Invariants: a ticket is opened at the fault desk only, after the three
checks; an outage is credited once, on request, and only when it lasted longer than a day (o2/8.3, 8.6).
"""
