"""
Expert advice for a price: asked for in writing, agreed on, done, billed once.

Owns: cases, their offers and agreements, the bill's item. Does not own the price list's hourly rate, where an offer may
begin, or the invoice. Invariants: no case without a written request; nothing is billed before scope, content
and price are agreed by both sides; an agreement is billed once, at its price and under its number (o2/7.4).
"""
