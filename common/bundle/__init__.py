"""Bundles: the two streams of a sync as files on a stick, signed by their writer and sealed to their receiver.

sealed.py is the seal, document.py what is within it. The format is in syncserver/PROTOCOL.md.
"""
