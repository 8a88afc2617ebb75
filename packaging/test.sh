#!/bin/sh
# Installs what the tests need and runs all of them. Safe to run again.
set -eu
cd "$(dirname "$0")/.."
. packaging/prepare.sh
need_packages "a card reader in software, on the real PC/SC daemon" pcscd vsmartcard-vpcd
need_packages "pyscard is built from source" libpcsclite-dev swig gcc python3-dev
need_packages "exports are verified with it" openssl
need_packages "the screens, on a display in memory" xvfb xdotool libmtdev1 libgl1-mesa-dri libgl1 fontconfig fonts-noto-cjk
need_packages "paper with Chinese on it, looked at as pictures" fonts-wqy-microhei poppler-utils
need_packages "the office's pages, in a browser" chromium
need_packages "the office's second store" postgresql
make_venv "-e .[reader,screens]" "--group dev"

say "ruff, mypy, import-linter ..."
.venv/bin/ruff check .
.venv/bin/ruff format --check -q .
.venv/bin/mypy common till syncserver packaging
.venv/bin/lint-imports --no-cache >/tmp/kilotill-imports.$$ 2>&1 || { cat /tmp/kilotill-imports.$$; rm -f /tmp/kilotill-imports.$$; exit 1; }
rm -f /tmp/kilotill-imports.$$
say "tests ..."
# Three on two processors: a third of the time a test waits for a disk, a window or a printer.
exec .venv/bin/pytest -q -n 3 --dist loadgroup --durations=20 --durations-min=5 "$@"
