"""
What is to be billed: every fee, usage total, penalty and credit, each with the finding it rests on.

Owns: billable items. Invariants: an item has a key and is written once; once on an invoice it never changes; a
difference is another item.
"""
