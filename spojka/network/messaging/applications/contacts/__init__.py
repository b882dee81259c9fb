"""
The contact person of an application: who alone may ask for certain acts, and whom complaining recipients are told.

Owns: who was the contact person when, and the record of every disclosure. Does not own complaints, nor logins.
Invariants: an application has at most one contact person at any instant, and none is ever taken away without another; a
change takes effect when it is recorded; what is disclosed is what is valid then, and no more than the terms allow
(o2/8.2).
"""
