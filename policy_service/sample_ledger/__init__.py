"""A seeded generator of realistic payment histories, streamed to the files of a ledger folder."""
