"""Cards and meters in software: they answer the same APDUs, in process or through the real PC/SC daemon."""
