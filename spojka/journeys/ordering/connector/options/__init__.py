"""
Options of applications: more throughput, nicknames, an SLA; asked for on the care line, checked, active, ended.

Owns: the checks of an order for an option in their order, and who decides. Invariants: nothing is switched on without a
price; a nickname belongs to one subscriber; an application has one throughput and one SLA at most.
"""
