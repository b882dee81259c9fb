"""
Published terms as data: editions, the clauses in them, which of them bind, and what rules found by them.

Pure: no tables, no operations, no clock. A missing term is an error and never zero; two clauses that set one
term at one rank are a conflict.
"""
