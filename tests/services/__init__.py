"""The flows and their rules, driven over HTTP and looked up in the database."""
