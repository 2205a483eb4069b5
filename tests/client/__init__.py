"""The client for web pages, and the documents that it sends."""
