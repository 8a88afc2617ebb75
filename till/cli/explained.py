"""The exit codes that the errors a clerk can meet end in."""

REFUSED, FAILED = 3, 4
"""Nothing was done; something failed and the message says what it left."""
