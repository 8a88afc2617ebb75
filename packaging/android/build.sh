#!/bin/sh
# build.sh FOLDER: lays what goes into the tablet's app in FOLDER and has buildozer build it there. UNTRIED, see the spec.
# Needs buildozer, a JDK and the Android SDK and NDK, which buildozer fetches.
set -eu
cd "$(dirname "$0")/../.."
. packaging/prepare.sh
[ $# -eq 1 ] || die "Say where: sh packaging/android/build.sh FOLDER"
command -v buildozer >/dev/null 2>&1 || die "buildozer is not here: pip install buildozer cython, and a JDK (17)."
mkdir -p "$1/sources/msgspec"
cp -R common till packaging/android/main.py packaging/android/icon.png packaging/android/recipes \
    packaging/android/buildozer.spec "$1"
find_python
"$PYTHON" -m pip download -q --no-deps --no-binary msgspec -c packaging/requirements.lock -d "$1/sources" msgspec
tar -xzf "$1"/sources/msgspec-*.tar.gz --strip-components=1 -C "$1/sources/msgspec"
cd "$1" && exec buildozer android debug
