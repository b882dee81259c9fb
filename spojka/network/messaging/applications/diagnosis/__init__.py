"""
What programs were refused, and whether the platform answered at its own interface meanwhile (o2/7.3).

Owns: counts of refused requests by application and minute, measurements of the platform's interface. Does not own the
faults and outages that they help to judge. Invariants: what is counted holds nothing of what was sent; counts are
erased by age; a measurement never changes.
"""
