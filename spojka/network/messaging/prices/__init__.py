"""
What messages cost by the price list: told when one is accepted, counted into lines by `billing`.

Owns: the terms that price messages, and the rules over them. Does not own counts and lines (`billing`) or the lists
themselves (the pack). Invariants: the price list of the instant of acceptance decides; a missing price is none and
never zero; a price does not depend on how much was sent before, as long as no list of a pack says so.
"""
