"""Tables as regions of values: columns cut into bins, rows as boxes, exact interval arithmetic."""
