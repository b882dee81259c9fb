"""
The end of an application: cancelled by its contact person, ended when the notice is over.

Owns: who may ask, when it ends, and what ends with it. Invariants: nobody but the contact person cancels for a
subscriber, whoever else tries is heard of; what waits is cancelled and not charged; the inbox stays to its own end.
"""
