"""The console: pages over the same services that the API calls, for people at a browser."""
