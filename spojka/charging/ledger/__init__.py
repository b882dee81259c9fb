"""
Balanced postings: every entry's debits equal its credits, which the database itself demands.

Owns: entries and postings. Invariants: rows are only inserted; the postings of an entry sum to zero.
"""
