"""
What console and portal share: who visits and in which language, calls inwards, refusals as pages, words and drawings.

Owns: the look, the middleware, the catalogue of translations. Does not own any page of its own but the way in and the
public terms. Holds no logic: a page is what registered queries answer, and a form is one registered operation.
"""
