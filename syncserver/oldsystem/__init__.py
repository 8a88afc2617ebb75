"""Taking over the data of the system that the utility had before: files in, entries of import journals out."""
