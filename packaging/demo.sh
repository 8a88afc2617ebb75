#!/bin/sh
# The main job, end to end, told as a story with real figures. Installs what it lacks; safe to run again.
set -eu
cd "$(dirname "$0")/.."
. packaging/prepare.sh
make_venv "-e ."
exec .venv/bin/python packaging/demo.py "$@"
