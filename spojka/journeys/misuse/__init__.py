"""
Misuse cases: a recorded hit of a rule, the customer's explanation, the decision and its measures.

Owns: the cases. Invariants: no measure and no penalty without a case; a penalty is billed only after a
decision, and for a whole month.
"""
