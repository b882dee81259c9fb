"""Money, time, ids and refusals: the words everything else is said in. Imports nothing of ours."""
