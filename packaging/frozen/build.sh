#!/bin/sh
# build.sh OUT: the till frozen into the folder OUT/till, for machines of this kind without Python.
set -eu
cd "$(dirname "$0")/../.."
. packaging/prepare.sh
[ $# -eq 1 ] || die "Say where to: sh packaging/frozen/build.sh OUT"
mkdir -p "$1"
out=$(cd "$1" && pwd)
need_packages "the window's libraries go along" libmtdev1 libgl1
need_packages "pyscard is built from source" libpcsclite-dev swig gcc python3-dev
make_venv "-e .[reader,screens]" "--group freeze"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
say "Freezing (a minute or two) ..."
.venv/bin/pyinstaller --noconfirm --log-level WARN --distpath "$out" --workpath "$work" packaging/frozen/till.spec
"$out/till/till" --version
