"""
What came in for an application and waits to be picked up, as people look at it and take it out.

Owns: the view of the inbox for people. Does not own the inbox itself (`messages.inbox`), which programs fetch from and
webhooks tell of. Invariants: looking at an item does not pick it up; what is taken out is offered to no program.
"""
