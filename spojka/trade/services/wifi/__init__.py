"""
Calling over Wi-Fi: whether it can be enabled on a card and a device, and what a Wi-Fi must offer (nej/2.3).

Owns: the switch `vowifi` of a service. What Wi-Fi does not carry is decided with every other bar: `rules.refuse_use`.
"""
