"""
Invoices: a period closed, its items pulled, numbers given without a gap, documents that never change.

Owns: bill runs and invoices. Does not own what is owed (charges) nor the bytes (documents). Invariants: a contract has
one regular invoice a period; issued numbers have no gap; an issued invoice never changes, a credit note points back.
"""
