"""
Services under contracts: what runs on which number and card, with which tariff and add-ons, and why it is held.

Owns: the service, its tariffs and add-ons by day, its switches, and the reasons that hold it. Invariants: a service is
held exactly while an unreleased reason stands, and each names its clause; tariffs of one service never overlap;
emergency and harmonised numbers stay open whatever holds the service.
"""
