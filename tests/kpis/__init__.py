"""Key figures: no event loop, no clock, no database."""
