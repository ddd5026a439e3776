"""The files of a policy folder, each read into a draft that still holds texts."""
