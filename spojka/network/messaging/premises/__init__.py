"""
People of a subscriber who enter the provider's premises, and what they must know before they do.

Owns: the versions of the fire and safety rules, authorised persons of a contract, who knows which version, passes for
visits. Does not own the contract. Invariants: a pass is issued only when everybody who comes knows the version in
force; a new version must be acknowledged anew; whoever sends nobody is not asked for anything (o2/5.2).
"""
