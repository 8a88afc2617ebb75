"""The till's command line."""

from till.cli.run import main

__all__ = ["main"]
