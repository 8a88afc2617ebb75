"""The mirror: every entry on a second disk before the office says that it holds it, compared and healed."""
