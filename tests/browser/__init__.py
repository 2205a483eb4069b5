"""The app in a real browser, against a real server, as a person uses it."""
