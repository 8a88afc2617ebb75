"""Where the frozen till begins."""

from till.cli import main

main()
