"""
People and companies: customers, and those who may not be.

Owns: who they are and how to reach them. Invariants: a business has an IČO that passes its check digit.
"""
