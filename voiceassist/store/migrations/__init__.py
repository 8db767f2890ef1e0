"""The schema's history, one file per step; `database.migrate` runs what a file lacks."""
