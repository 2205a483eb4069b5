"""Tortoise migrations: made by `make migrations`, reviewed, never edited after they land."""
