"""
How much an application sends, minute by minute, and what becomes of it.

Owns: the counting. Does not own any table: it reads messages and what happened to them. Invariant: a message counts in
the minute that its id carries, and in no other.
"""
