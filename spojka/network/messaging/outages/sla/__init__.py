"""
What an SLA guaranteed in a month, what was measured, and the credit for what was not kept.

Owns: the measures of a month and the item of the credit. Does not own records of outages (`outages`) or messages.
Invariants: without an active SLA there is no report and no credit; terms are those of the edition the option names; a
credit and the reduction for an outage of the same month do not add up (o2/2.4, 5.1-b).
"""
