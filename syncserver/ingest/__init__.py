"""Taking entries in: checked, stored, folded, settled and put in the feed, many batches in one transaction."""
