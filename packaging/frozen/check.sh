#!/bin/sh
# check.sh FOLDER [ROOT [SUITE]]: does the frozen till in FOLDER do its work where there is nothing of this checkout?
# Without ROOT here, in an empty environment. With it (as root), in that clean root of Debian's, which has no Python and
# of other packages only those below; it is made (SUITE: bookworm) if it is not there yet, and kept. Ends with 1 if
# something is not so. FROZEN_PICTURES=DIR keeps the pictures of the window.
set -eu
cd "$(dirname "$0")/../.."
. packaging/prepare.sh
[ $# -ge 1 ] && [ $# -le 3 ] || die "Say which: sh packaging/frozen/check.sh FOLDER [ROOT [SUITE]]"

# What the till's machine needs besides the folder: a graphics driver, letters, and a reader's daemon.
NEEDED="libgl1 libgl1-mesa-dri libstdc++6 fontconfig fonts-noto-cjk fonts-wqy-microhei libpcsclite1 pcscd"
READER="vsmartcard-vpcd" # in place of a reader's driver (libccid)

need_packages "a display in memory, keys, and what is on paper" xvfb xdotool poppler-utils libgl1-mesa-dri libgl1 fontconfig fonts-noto-cjk fonts-wqy-microhei
need_packages "a card reader in software, on the real PC/SC daemon" pcscd vsmartcard-vpcd libpcsclite-dev swig gcc python3-dev
make_venv "-e .[reader,screens]"
folder=$(cd "$1" && pwd)
[ -x "$folder/till" ] || die "$folder has no till in it: sh packaging/frozen/build.sh OUT makes OUT/till"
check="env PYTHONPATH=packaging .venv/bin/python packaging/frozen/check.py $folder"
[ $# -gt 1 ] || exec $check

[ "$(id -u)" -eq 0 ] || die "A clean root is made and entered by root alone."
[ -d "$2/usr" ] || {
    need_packages "a clean root" debootstrap
    say "A clean root of ${3:-bookworm} in $2 (some minutes) ..."
    debootstrap --variant=minbase --include="$(echo $NEEDED $READER | tr ' ' ,)" "${3:-bookworm}" "$2" >"$2.log" 2>&1 ||
        { tail -20 "$2.log"; die "debootstrap failed: see above, and $2.log."; }
    rm -f "$2.log"
}
# A mount namespace of its own: what is mounted into the root is gone when the check ends, however it ends.
exec unshare --mount $check --root "$2"
