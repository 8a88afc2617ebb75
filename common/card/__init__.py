"""What stands on a card: the image, its layout in bytes, its two slots, its keys. Pure: no reader, no file."""
