"""The product as a person meets it: a server process, a browser, a phone line."""
