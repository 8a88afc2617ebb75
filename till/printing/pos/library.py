"""python-escpos, loaded: while it is imported it makes a temporary folder that it never removes."""

import logging
import tempfile

_root_handlers = list(logging.root.handlers)
_before = tempfile.tempdir
with tempfile.TemporaryDirectory() as _scratch:
    tempfile.tempdir = _scratch
    try:
        from escpos.escpos import Escpos
        from escpos.exceptions import Error as EscposError
        from escpos.printer import Dummy, File, Network, Serial, Usb
    finally:
        tempfile.tempdir = _before
for _handler in set(logging.root.handlers) - set(_root_handlers):  # it also sets up logging for everybody
    logging.root.removeHandler(_handler)

__all__ = ["Dummy", "Escpos", "EscposError", "File", "Network", "Serial", "Usb"]
