"""
Texts of messages: alphabets, choice of coding, parts, what came in, and what a text will take before it is sent.

Owns: national language tables, packed septets, user data headers, cutting and joining, data_coding. The default
alphabet and the count of parts stand in `spojka.trade.numbering`, because rating counts with them too. Does not own
prices, limits or the store. Invariants: a text is never altered unless its sender asked (o2/7.1); parts joined give
the text; no escape pair and no surrogate pair is cut. Everything is pure: values in, values out, no clock.
"""
