"""Sync without a line: tills' bundles taken in, and bundles made for them (common.bundle; PROTOCOL.md)."""
