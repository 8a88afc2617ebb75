#!/bin/sh
# check.sh: builds the server's image and lives a day with it: init, enrol and sync of a till over TLS, health, stop,
# start, PostgreSQL by a mounted address. As root. Ends with 1 if something is not so.
# BASE=IMAGE: Debian, from a registry or already here. Without it one is made by debootstrap, so that none is needed.
set -eu
cd "$(dirname "$0")/../.."
. packaging/prepare.sh
[ "$(id -u)" -eq 0 ] || die "As root: it runs containers on this machine's network, and makes a base image."
need_packages "containers" podman buildah runc
make_venv "-e ."
IMAGE=localhost/kilotill-office:check
limits="--ulimit nofile=16384:16384 --ulimit nproc=4096:4096" # podman's own are higher than some machines allow
podman() { command podman --runtime runc "$@"; }
work=$(mktemp -d)
name=kilotill-check-$$
quiet() { "$@" >"$work/said" 2>&1; }
trap 'podman rm -f -t 5 "$name" >/dev/null 2>&1 || true; podman volume rm -f "$name" >/dev/null 2>&1 || true; rm -rf "$work"' EXIT
wrong=0
see() { # see WHAT COMMAND...: run it, and say whether it held
    what=$1
    shift
    if "$@" >"$work/said" 2>&1; then say "ok      $what"; else
        wrong=1
        say "NOT SO  $what: $(tail -5 "$work/said")"
    fi
}

if [ -z "${BASE:-}" ]; then
    BASE=localhost/debian:bookworm
    podman image exists $BASE || {
        need_packages "a base image" debootstrap
        say "A base image by debootstrap (some minutes) ..."
        quiet debootstrap --variant=minbase bookworm "$work/base" || { tail -5 "$work/said"; die "debootstrap failed."; }
        tar -C "$work/base" -c . | quiet podman import - $BASE || { tail -5 "$work/said"; die "podman import failed."; }
        rm -rf "$work/base"
    }
fi
say "Building (some minutes) ..."
# BUILD_OPTIONS: what this machine needs to reach the package indexes, such as a certificate.
quiet podman build --format docker --network host $limits ${BUILD_OPTIONS:-} --build-arg BASE="$BASE" -t $IMAGE \
    -f packaging/container/Containerfile . || { tail -20 "$work/said"; die "The image could not be built: see above."; }
say "$IMAGE: $(podman image inspect --format '{{.Size}}' $IMAGE | awk '{printf "%.0f MB", $1 / 1e6}')"

PORT=${PORT:-18443}
box="--network host $limits --read-only --cap-drop all --security-opt no-new-privileges --volume $name:/var/lib/kilotill --env KILOTILL_PORT=$PORT"
office() { podman run --rm $box $IMAGE "$@"; }
till() { .venv/bin/till --data "$work/till" "$@"; }
serving() { podman run -d --name "$name" $box $IMAGE serve --host 127.0.0.1 --port "$PORT"; }
well() { for _ in $(seq 60); do podman healthcheck run "$name" && return 0; sleep 1; done; return 1; }
enrol() { till enrol --server "https://127.0.0.1:$PORT" --code "$1"; }
code() { podman exec "$name" syncserver till enrol-code --branch hill --name counter --json | sed 's/.*"code":"\([^"]*\)".*/\1/'; }
ended() { [ "$(podman inspect --format '{{.State.ExitCode}}' "$name")" = 0 ]; }
user() { [ "$(podman exec "$name" id -u)" = 10001 ]; }
closed() { ! podman exec "$name" sh -c 'echo x >/opt/kilotill/x'; }
secret() {
    podman save $IMAGE | tar -xO --wildcards '*.tar' | tar -t --ignore-zeros >"$work/files"
    [ "$(wc -l <"$work/files")" -gt 1000 ] && ! grep -E '(\.pem|\.key|\.db|store\.url)$' "$work/files"
}

see "no key, database or address in the image's layers" secret
see "an office is made in the volume" office init --name "示范电力 Demo Power" --zone Asia/Shanghai
see "the server starts, its root file system read-only, all capabilities dropped" serving
see "its health check is well" well
see "it is not root" user
see "it cannot write into its program" closed
see "a till enrols over TLS" enrol "$(code)"
see "and syncs" till sync
see "SIGTERM ends it cleanly" podman stop -t 20 "$name"
see "with 0" ended
see "it starts again from the volume" podman start "$name"
see "and is well" well
see "the till syncs again" till sync
see "every signature holds" podman exec "$name" syncserver verify
exit $wrong
