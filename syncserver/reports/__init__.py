"""What the office reports, from the master copy."""
