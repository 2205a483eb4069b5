"""The translation between the schema and the services."""
