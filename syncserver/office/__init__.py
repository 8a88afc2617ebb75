"""The office itself: its folder and keys, its journal, and what it grants."""
