"""Backups of the office while it works, and their restoring."""
