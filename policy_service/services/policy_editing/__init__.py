"""A draft edited cell by cell: its files keep the author's comments, order and layout wherever nothing was changed."""
