"""The HTTP interface (PROTOCOL.md)."""
