"""What tills and the office share: values, entries, the fold and the rules. Pure: no clock, no file, no socket."""
