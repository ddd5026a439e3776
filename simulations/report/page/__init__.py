"""A report as one page of HTML that stands alone: what a head of finance reads, in that order."""
