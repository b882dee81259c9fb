"""
What is offered and at what price, read from the price list that binds: tariffs, add-ons, top-ups, zones, prices.

Owns: the typed view of a price list. Has no tables: the price list is a published edition.
"""
