"""Two replays of one history side by side: who moves, how much money, why, and how sure that is."""
