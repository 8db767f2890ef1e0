"""How many calls this node carries: what one costs, learned; what is refused, and why."""
