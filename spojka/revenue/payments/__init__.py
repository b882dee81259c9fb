"""
Money that came in: recorded once, allocated to what is owed, or kept on a list until somebody says what it is.

Owns: payments and their allocations. Invariants: a payment is recorded once by its source's id; allocations never
exceed the payment nor the invoice.
"""
