"""
What one record of use costs, and what it takes from the allowances.

Owns: the rate book (prices, steps, order of pools, limits, as data), the rule that rates one record, the compiled
kernel that rates ten million, the bulk pipeline over Parquet, what may be granted online, and what changes at close.
Does not own: records of use (`usage`), credit and reservations (`balances`), what is billed (`charges`), or which
number belongs to which class (`numbering`); a record with an unknown service, kind, class or zone is reported, never
guessed.

Invariants:
* `rules.rate` and `kernel.walk` decide alike on every output and every figure of state; the tests prove it.
* Money is whole micro-crowns (10^-6) in int64; no float, and no sum can overflow within the bounds of `terms`.
* billed = taken from pools + paid + unbilled; a record's price is rounded once, half up, to the book's quantum.
* State in, state out: rating one record at a time, a file in parts or the whole at once gives the same.
* What cannot be rated leaves the state untouched and a mark behind.
"""
