"""The HTTP side: one file per screen's API and socket, each route declaring who may call it."""
