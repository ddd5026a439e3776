"""The tables of the first version, as they were then, in parts."""
