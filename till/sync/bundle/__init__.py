"""Sync without a line: bundles on a stick (common.bundle; syncserver/PROTOCOL.md)."""
