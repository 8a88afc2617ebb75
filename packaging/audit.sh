#!/bin/sh
# Looks up every pinned package among known weaknesses (pip-audit, which asks the Python Package Index's advisories: it needs
# a network), and checks pins and licences without one. Run it before a release.
set -eu
cd "$(dirname "$0")/.."
. packaging/prepare.sh
make_venv "-e .[reader,screens,keyring]" "--group dev"

say "pins and licences ..."
.venv/bin/python packaging/audit.py

say "the code (ruff, rules S of bandit) ..."
.venv/bin/ruff check --select S .

say "known weaknesses ..."
[ -x .venv-audit/bin/pip-audit ] || {
    "$PYTHON" -m venv .venv-audit
    .venv-audit/bin/python -m pip install -q --disable-pip-version-check 'pip-audit>=2.9,<3' ||
        die "pip-audit could not be installed: connect, and run this again."
}
exec .venv-audit/bin/pip-audit --requirement packaging/requirements.lock --no-deps --disable-pip --strict
