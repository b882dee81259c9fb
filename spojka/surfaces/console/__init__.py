"""
What staff see: the search, one page a customer, suspense, bill runs, deadlines, the audit.

Owns: pages and their forms. Does not own any decision: each page asks registered queries, each form is one operation.
"""
