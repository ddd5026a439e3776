"""What the product costs in time and memory, as ratios to peers measured in the same run."""
