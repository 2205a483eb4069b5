"""The checks of the contract: each is shown a fault that was made on purpose, and names it with its place."""
