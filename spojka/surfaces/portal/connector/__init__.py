"""
A subscriber's own pages of the messaging connector: applications, messages, certificates, consents, what went wrong.

Owns: pages and their forms. Holds no logic: a page is what queries answer for the visitor, a form is one operation, and
what belongs to another subscriber is not there for either.
"""
