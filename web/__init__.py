"""The HTTP edge: the only room besides `server.py` that knows Quart."""
