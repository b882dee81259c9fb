"""
What dispatched messages cost: counted by application, month and price, and put among what is to be billed.

Owns: the totals of a month by line of the price list, what the provider bears, what no price was found for. Does not
own messages (`messages`), who answers for a certificate (`certificates`), invoices (`revenue`). Invariants: a part is
paid once it was handed to a network, whatever became of it then; a missing price is never nought; counting again posts
differences only (o2/1.4, 4.4, 5.1-e, 6.4, 6.7).
"""
