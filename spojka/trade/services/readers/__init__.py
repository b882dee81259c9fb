"""
Who else may read the list of one service: whom the holder of its contract authorised, until that is ended (nej/3.8).

Owns: authorisations. Does not own what the list holds. Invariants: an authorisation is for one service and for reading
its list alone; it is granted and ended by the holder, or by staff for the holder, and stays on record.
"""
