"""
Coverage of clauses: which entries of a document software executes, which it proves, which it shows, which it misses.

Owns: the counting. Does not own the clauses (packs), the evidence (stories and tests) or the code that executes them.
Invariants: an entry stands in exactly one state; a story's header alone counts nothing.
"""
