"""A comparison written down: JSON, CSV, xlsx and a page that stands alone."""
