#!/bin/sh
# environment.sh NAME COMMAND EXTRAS: the virtual environment of kilotill-NAME, as it is going to lie in /usr/lib/kilotill/NAME
# of another machine. debian/rules runs it where dpkg-buildpackage builds.
set -eu
root=$PWD/debian/kilotill-$1
home=/usr/lib/kilotill/$1
place=$root$home

# Debian's own Python, by the path that it has on every Debian: the environment's python3 is a link to it.
/usr/bin/python3 -m venv --without-pip "$place"
/usr/bin/python3 -m venv .build
.build/bin/python -m pip install -q --disable-pip-version-check 'pip>=25.1'
# No cache: what another Python of this machine once built from source is linked with that one.
.build/bin/python -m pip --python "$place/bin/python3" install -q --disable-pip-version-check --no-cache-dir --no-compile \
    -c packaging/requirements.lock ".[$3]"

# Of the commands only ours stays, and its first line names the environment where it is going to be. -I: whatever the
# account's own PYTHONPATH and site-packages are.
find "$place/bin" -type f ! -name "$2" -delete
rm -rf "$place/share" "$place/include" "$place/lib64"
sed -i "1s|.*|#!$home/bin/python3 -I|" "$place/bin/$2"
sed -i '/^command = /d' "$place/pyvenv.cfg"
rm -f "$place"/lib/python3*/site-packages/kilotill-*.dist-info/direct_url.json
find "$place/lib" -type f -perm /111 ! -name '*.so*' -exec chmod a-x {} +
find "$place" -name tests -type d -path '*/site-packages/*' -prune -exec rm -rf {} +

# Compiled here, since nobody may write there. dpkg sets the files' times anew: a time is nothing to know a change by.
"$place/bin/python3" -m compileall -q -s "$root" -p / --invalidation-mode unchecked-hash "$place"/lib
install -D -m 755 "debian/$2" "$root/usr/bin/$2"
# What Python stands on: its libraries are of one minor version.
"$place/bin/python3" -c 'import sys; minor = sys.version_info[1]
print(f"kilotill:Python=python3 (>= 3.{minor}), python3 (<< 3.{minor + 1})")' >>"debian/kilotill-$1.substvars"
