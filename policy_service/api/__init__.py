"""The HTTP edge: /v1 endpoints over the services."""
