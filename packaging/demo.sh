#!/bin/sh
# The main job, end to end, told as a story with real figures; with --gui the till's window, to try everything in.
# Installs what it lacks; safe to run again.
set -eu
cd "$(dirname "$0")/.."
. packaging/prepare.sh
case " $* " in
*" --gui "*)
    need_packages "the till's window" libmtdev1 libgl1 libgl1-mesa-dri fontconfig fonts-noto-cjk
    make_venv "-e .[screens]"
    ;;
*" --counter "*)
    need_packages "receipts as PDF, with Chinese" fonts-wqy-microhei
    make_venv "-e ."
    ;;
*) make_venv "-e ." ;;
esac
exec .venv/bin/python packaging/demo.py "$@"
