"""
A tenant's published editions: their texts as they were published, read into terms when asked for.

Owns: the texts and the order of precedence of the pack. Invariants: a published text never changes; of each document
exactly one edition is in force on any day from its first.
"""
