"""
Stories: runnable scenarios in YAML, each in a fresh tenant and in virtual time, through registered calls only.

Owns: reading, checking, running and reporting stories. Does not own any operation: a story can do nothing that the
console or the API could not. Invariants: every scalar is a text until an operation's declared type converts it; time
never goes back; whatever is wrong in a file is said with file, line and the nearest valid name.
"""
