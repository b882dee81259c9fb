"""
The command line: `spojka …`, each command one call inwards by its registered name.

Owns: reading arguments, printing answers and refusals, exit codes (0 done, 1 refused or failed, 2 wrong call).
Does not own what a command does. Invariants: `--help` loads nothing of ours; every command speaks JSON with `--json`;
a refusal is printed with its code, its clauses and its words in the language asked for.
"""
