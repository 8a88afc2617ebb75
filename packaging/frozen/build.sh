#!/bin/sh
# build.sh OUT: the till frozen into the folder OUT/till, for machines without Python whose system is no older than this one.
set -eu
cd "$(dirname "$0")/../.."
. packaging/prepare.sh
[ $# -eq 1 ] || die "Say where to: sh packaging/frozen/build.sh OUT"
mkdir -p "$1"
out=$(cd "$1" && pwd)
need_packages "PyInstaller looks into libraries; the touch screen's goes along" binutils libmtdev1
need_packages "pyscard is built from source" libpcsclite-dev swig gcc python3-dev
find_python
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
say "A fresh virtual environment, so that nothing goes along that the till does not need ..."
"$PYTHON" -m venv "$work/venv"
pip() { "$work/venv/bin/python" -m pip install -q --disable-pip-version-check "$@"; }
pip -U 'pip>=25.1'
pip -c packaging/requirements.lock ".[reader,screens,keyring]" --group freeze
say "Freezing (a minute or two) ..."
"$work/venv/bin/pyinstaller" --noconfirm --log-level ERROR --distpath "$out" --workpath "$work" \
    packaging/frozen/till.spec >"$work/log" 2>&1 || { tail -40 "$work/log"; die "PyInstaller failed: see above."; }
"$out/till/till" --version
say "$(du -sh "$out/till" | cut -f1) in $out/till. It works where it is copied to; sh packaging/frozen/check.sh $out/till tries it."
