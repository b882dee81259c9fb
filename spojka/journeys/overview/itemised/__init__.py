"""
The itemised list of an application's messages: each that was dispatched, with its price.

Owns nothing: it reads what `network/messaging` counted and what the general terms let a customer see. Invariant: the
prices of a month's list come to what the month's count posted.
"""
