"""Reports: their definitions, and how sure a difference is."""
