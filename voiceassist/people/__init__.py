"""Who is who: passwords, sessions and what they end with. Speaks no HTTP. Next: `server/auth.py` asks it."""
