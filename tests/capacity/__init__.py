"""How many calls a node carries, by the numbers: no event loop, no clock."""
