"""What a till knows, in words, as rows to be shown on a command line or a screen; it knows the library of neither."""
