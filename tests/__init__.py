"""The tests: core and audio need no event loop, shell has fakes for peers, e2e drives a real browser."""
