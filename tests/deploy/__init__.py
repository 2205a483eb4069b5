"""What docs/DEPLOY.md has operators install: run or parsed as it lies in deploy/, so that it cannot rot."""
