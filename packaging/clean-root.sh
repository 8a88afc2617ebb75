#!/bin/sh
# The Debian packages, installed in a clean Debian, booted and lived with: a line for each thing that must hold, `ok` or `NOT SO`;
# ends with 1 if one does not. As root, ten minutes or more; safe to run again.
#   clean-root.sh             builds the packages first
#   clean-root.sh FOLDER      takes the .deb files in FOLDER
# --pictures FOLDER keeps the picture of the window there.
set -eu
cd "$(dirname "$0")/.."
. packaging/prepare.sh
[ "$(id -u)" -eq 0 ] || die "A clean root is root's to make: sudo sh packaging/clean-root.sh"
need_packages "a clean Debian, and booting it" debootstrap systemd-container util-linux dpkg-dev
need_packages "a display in memory, and looking at units" xvfb systemd
find_python
exec "$PYTHON" packaging/clean_root.py "$@"
