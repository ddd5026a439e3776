"""A folder that files are dropped into: each kind of file is an object, each file all of its rows."""
