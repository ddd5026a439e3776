"""What is wrong with a policy before it runs: gaps, overlaps, masked rows, and claims disproved."""
