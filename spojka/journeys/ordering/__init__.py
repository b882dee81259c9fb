"""
Orders: what a customer asked for, by which channel, with what evidence, and what came of it.

Owns: the orders. Invariants: an order without the evidence of its channel is not executed.
"""
