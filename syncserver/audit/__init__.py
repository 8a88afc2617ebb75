"""Proving that the master copy is what the entries say: verify, rebuild, the books."""
