"""
Consents of the provider that a subscriber serves another company with an application (o2/8.4).

Owns: what was asked for, decided, withdrawn. Invariants: a consent names one company and rests on a document; without
one the service is for the subscriber alone.
"""
