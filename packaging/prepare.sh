# Sourced by demo.sh and test.sh: finds Python, installs what is missing, makes .venv. Safe to run again.
# shellcheck shell=sh

# Where it is set, each program that is started compiles all sources anew.
unset PYTHONDONTWRITEBYTECODE

say() { printf '%s\n' "$*"; }

die() {
    printf '\n%s\n' "$*" >&2
    exit 1
}

# need_packages WHY PACKAGE...: install the Debian packages of these that are missing.
need_packages() {
    why=$1
    shift
    command -v dpkg-query >/dev/null 2>&1 || {
        say "This is no Debian or Ubuntu: please see to it that these are installed ($why): $*"
        return 0
    }
    missing=""
    for package in "$@"; do
        dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
    done
    [ -n "$missing" ] || return 0
    sudo=""
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null 2>&1 || die "Missing ($why):$missing. Neither root nor sudo is at hand; as root: apt-get install$missing"
        sudo=sudo
    fi
    say "Installing with apt ${sudo:+and sudo }($why):$missing"
    # shellcheck disable=SC2086
    if ! $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $missing >/dev/null 2>&1; then
        $sudo apt-get update -q >/dev/null 2>&1 || die "apt cannot reach its package servers. Missing ($why):$missing. Connect, and run this again."
        $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $missing >/dev/null ||
            die "apt could not install what is missing ($why):$missing"
    fi
}

# find_python: set PYTHON to a Python of 3.11 or newer.
find_python() {
    for candidate in python3 python3.13 python3.12 python3.11; do
        if command -v "$candidate" >/dev/null 2>&1 &&
            "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            PYTHON=$candidate
            return 0
        fi
    done
    die "Python 3.11 or newer is needed, and there is none. On Debian 12 or Ubuntu 24.04: apt-get install python3"
}

# make_venv WHAT...: a virtual environment in .venv with what pip installs of these arguments.
make_venv() {
    find_python
    version=$("$PYTHON" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    "$PYTHON" -c 'import ensurepip, venv' 2>/dev/null || need_packages "virtual environments" "python$version-venv"
    [ -x .venv/bin/python ] || "$PYTHON" -m venv .venv || die "The virtual environment .venv could not be made."
    .venv/bin/python -c 'import sys, pip; sys.exit(int(pip.__version__.split(".")[0]) < 25)' ||
        .venv/bin/python -m pip install -q --disable-pip-version-check -U 'pip>=25.1' ||
        die "pip could not be brought up to date. If the package index cannot be reached, connect and run this again."
    stamp=$(cat pyproject.toml packaging/requirements.lock | sha256sum | cut -d' ' -f1)
    for wanted in "$@"; do
        mark=".venv/installed-$(printf '%s' "$wanted" | tr -c 'A-Za-z0-9\n' '-')"
        [ "$(cat "$mark" 2>/dev/null)" = "$stamp" ] && continue
        say "Installing Python packages into .venv ($wanted) ..."
        # shellcheck disable=SC2086
        .venv/bin/python -m pip install -q --disable-pip-version-check -c packaging/requirements.lock $wanted ||
            die "pip could not install the Python packages: see its message above. If the package index cannot be reached, connect and run this again."
        printf '%s\n' "$stamp" >"$mark"
    done
}
