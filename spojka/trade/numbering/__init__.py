"""
Numbers and cards: the stock, who holds what, and in which network a number is.

Owns: the inventory of MSISDN and SIM, quarantine, the ported-number table, the plan that classes a number.
Invariants: a number and a card have one holder at a time; PIN and PUK are stored encrypted.
"""
