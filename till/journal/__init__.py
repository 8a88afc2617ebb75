"""The till's own journal: keys, signing, the mirror on a second disk, exports."""
