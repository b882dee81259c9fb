"""Spojka runs a communications provider from contract to cash; every amount can say which clause it rests on."""
