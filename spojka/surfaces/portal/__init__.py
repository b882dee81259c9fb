"""
What a customer sees: what is left, what it cost and why, what comes next, what can be switched.

Owns: pages and their forms. The actor carries the customer, so every query answers for that customer alone.
"""
