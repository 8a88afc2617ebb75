"""The office's command line."""

from syncserver.cli.run import main

__all__ = ["main"]
