"""
What leaves, when, and what came of it: the pace of applications, links to SMS centres, receipts.

Owns: the order in which waiting messages leave, the claim before anything is sent, the match of receipts. Does not own
what may be sent (`submission`) or how a session speaks (`smpp`). Invariants: a message is claimed in the database
before its first part is sent; an application never exceeds its pace; priority leaves first and never starves the rest.
"""
