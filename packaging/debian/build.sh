#!/bin/sh
# build.sh OUT: kilotill-till and kilotill-server as Debian packages into the folder OUT, for the Debian or Ubuntu, and the
# processor, that this runs on. A few minutes; the Python packages come from the index that pip knows, as the lock pins them.
set -eu
cd "$(dirname "$0")/../.."
. packaging/prepare.sh
[ $# -eq 1 ] || die "Say where to: sh packaging/debian/build.sh OUT"
command -v dpkg-query >/dev/null 2>&1 || die "Debian packages are built on Debian or Ubuntu."
mkdir -p "$1"
out=$(cd "$1" && pwd)
need_packages "Debian packages are built with it" dpkg-dev debhelper python3-venv python3-pip
need_packages "pyscard is built from source" libpcsclite-dev swig gcc python3-dev
need_packages "what the window's own libraries stand on is looked up" libgl1 libx11-6 libxrender1 libmtdev1

version=$(sed -n 's/^version = "\(.*\)"/\1/p' pyproject.toml)
date=$(git log -1 --format=%cD 2>/dev/null) || date=$(date -R)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tree=$work/kilotill-$version
mkdir "$tree"
cp -R common till syncserver packaging pyproject.toml README.md CHANGELOG.md LICENSE "$tree"
mv "$tree/packaging/debian" "$tree/debian"
cat >"$tree/debian/changelog" <<END
kilotill ($version) stable; urgency=medium

  * What is new stands in the CHANGELOG.md beside this file.

 -- Kilotill maintainers <maintainers@kilotill.example>  $date
END
say "Building (a few minutes) ..."
(cd "$tree" && dpkg-buildpackage --build=binary --no-sign) >"$work/log" 2>&1 || {
    tail -n 40 "$work/log" | cut -c 1-500 >&2
    die "The packages could not be built: see above."
}
cp "$work"/*.deb "$out"
for package in "$work"/*.deb; do
    say "$out/$(basename "$package"), $(du -h "$package" | cut -f1)"
done
