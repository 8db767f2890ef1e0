"""The pure core: one call's logic as plain functions over events. No I/O, no clock, no log."""
