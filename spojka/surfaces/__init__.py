"""The outside world's ways in: each translates and makes one call inwards; no logic lives here."""
