"""Card readers and card drivers. A driver needs one thing: a channel that transmits an APDU."""
