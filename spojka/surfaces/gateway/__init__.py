"""
What networks speak to: online charging over HTTP. Plain asyncio, without Django.

Owns: the translation between the network's protocols and the rooms below. Does not own any decision: every grant and
refusal comes from `charging.balances.online`.
"""
