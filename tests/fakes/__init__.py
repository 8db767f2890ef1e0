"""Stand-ins for whoever is on the other side: real clients, real servers, no mocks."""
