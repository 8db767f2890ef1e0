"""Key figures of calls: what each one is, what a call adds to it, and how sums become what people read. Pure."""
