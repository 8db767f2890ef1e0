"""People listen in to a live call: its audio goes out by WHEP, and its levels to the screens that have it open."""
