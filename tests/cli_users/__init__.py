"""The command line of accounts."""
