"""
One page a customer: what all rooms know of one party, gathered for people to read.

Owns: the search, the gathered views and their SQL, a constant number of statements however many rows there are.
Does not own any table, and changes nothing. Invariants: a customer is shown itself and nothing of others; to it, what
belongs to somebody else is not there.
"""
