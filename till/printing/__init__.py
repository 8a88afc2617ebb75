"""Receipts: what they say, and how they get on paper."""
