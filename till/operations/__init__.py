"""The use cases of a till: what the screens and the command line call."""
