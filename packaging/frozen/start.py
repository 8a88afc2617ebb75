"""Where the frozen till begins."""

import os

from till.cli import main

# PyInstaller's starter lets the dynamic linker look into the till's folder first. Programs that the till starts
# (fontconfig's) are the system's, and want the system's libraries.
before = os.environ.pop("LD_LIBRARY_PATH_ORIG", None)
if before is None:
    os.environ.pop("LD_LIBRARY_PATH", None)
else:
    os.environ["LD_LIBRARY_PATH"] = before
main()
