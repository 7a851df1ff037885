#!/bin/bash
# Proves `make run` and `make test` on a bare Debian: a fresh system in a folder of its own, with python3, make and git
# and nothing else, holding the commit that is checked out here.
set -euo pipefail

usage="usage: tests/bare_debian.sh [--quick] [SUITE]

  --quick  a few tests of each kind (store, browser, documents) instead of all of them
  SUITE    the Debian to make, such as trixie; by default the one that runs here"

QUICK_TESTS="tests/test_docs.py tests/store/test_audit.py tests/browser/test_start.py"
PROJECT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
TRUSTED=/etc/ssl/certs/ca-certificates.crt
MINUTES_TO_SERVE=30

cannot() {
    echo "bare_debian: $1" >&2
    exit 2
}

# --- outside: a folder, and namespaces whose mounts and processes end with them ---------------------------------------

outside() {
    [ "$(id -u)" = 0 ] || cannot "a bare Debian is made with chroot and mount, which only root may use"
    command -v apt-get >/dev/null || cannot "packages come from this machine's Debian sources, and it has no apt-get"
    unshare --mount --pid --fork mount -t tmpfs none /mnt 2>/dev/null ||
        cannot "chroot and mount are not permitted here, so no bare Debian can be made"
    command -v debootstrap >/dev/null || install_debootstrap

    folder=$(mktemp -d "${TMPDIR:-/tmp}/bare-debian.XXXXXX")
    inside=
    trap clean_up EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM HUP
    unshare --mount --pid --fork --kill-child --mount-proc "$0" --inside "$folder" "$@" 3>&2 2>/dev/null &
    inside=$!
    wait "$inside"
}

install_debootstrap() {
    { apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y debootstrap; } >/dev/null ||
        cannot "debootstrap is missing and could not be installed"
}

# The first process of a namespace takes all others with it; its parent returns when the last of them is gone.
clean_up() {
    trap '' INT TERM HUP
    if [ -n "$inside" ] && kill -0 "$inside" 2>/dev/null; then
        { read -ra first <"/proc/$inside/task/$inside/children"; } 2>/dev/null || true
        kill -KILL "${first[@]:-$inside}" 2>/dev/null || true
        wait "$inside" 2>/dev/null || true
    fi
    rm -rf --one-file-system "$folder"
}

# --- inside: the system, the checkout, the two commands ---------------------------------------------------------------

inside() {
    exec 2>&3 3>&- # what unshare itself says when it is interrupted is not ours to show
    folder=$1 quick=$2 suite=$3
    root=$folder/root
    HERE=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
    suite=${suite:-$HERE}

    begin "a bare Debian ($suite)"
    make_system
    check_out
    done_in "$(in_system sh -c 'echo "Debian $(cat /etc/debian_version), $(python3 --version)"'), commit ${commit:0:12}"

    begin "make run"
    serve
    done_in "serving"

    begin "make test"
    if [ "$quick" = yes ]; then set -- "TESTS=$QUICK_TESTS"; else set --; fi
    in_checkout make test "$@" || failed "tests failed"
    done_in "passed"

    printf '\n%s' "$report"
}

begin() {
    step=$1 SECONDS=0
    echo "== $step" >&2
}

done_in() {
    report+=$(printf '%-28s %5d s   %s' "$step" "$SECONDS" "$1")$'\n'
}

failed() {
    done_in "FAILED: $1"
    printf '\n%s' "$report"
    exit 1
}

make_system() {
    targets=$(debian_sources) || true
    mirror=$(awk -v suite="$HERE" '$2 == suite { print $1; exit }' <<<"$targets")
    [ -n "$mirror" ] || failed "this machine's package sources name no mirror of Debian $HERE"
    debootstrap --variant=minbase --include=python3,make,git "$suite" "$root" "$mirror" >"$folder/log" 2>&1 ||
        failed_with_log "debootstrap failed"

    mount -t proc proc "$root/proc"
    mount -t tmpfs -o mode=1777 shm "$root/dev/shm"
    mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts"
    awk '!known[$0]++ { print "deb", $1, $2, $3 }' <<<"$targets" | sed "s/\b$HERE\b/$suite/" \
        >"$root/etc/apt/sources.list"
    {
        printf '%s\n' /etc/hosts /etc/resolv.conf
        grep -ls '^ *Acquire' /etc/apt/apt.conf /etc/apt/apt.conf.d/* || true
    } | bring
    bring_pip_settings
    # The package ca-certificates writes its bundle anew: what this machine trusts is to stay in it.
    if [ -f "$TRUSTED" ]; then install -D "$TRUSTED" "$root/usr/local/share/ca-certificates/trusted.crt"; fi
}

# A line for each component of this machine's Debian sources: address, suite, component. Where its own lists of packages
# were deleted, they are fetched into our folder.
debian_sources() {
    local lists
    for lists in /var/lib/apt/lists "$folder/lists"; do
        if [ "$lists" != /var/lib/apt/lists ]; then
            mkdir -p "$lists/partial"
            apt-get -qq -o Dir::State::Lists="$lists" update >"$folder/log" 2>&1 || true
        fi
        apt-get -o Dir::State::Lists="$lists" indextargets --format '$(SITE) $(RELEASE) $(COMPONENT)' \
            'Created-By: Packages' 'Origin: Debian' | grep . && return
    done
}

# Copies the files that are named, a line each, to the same place in the system, where they are there.
bring() {
    local path
    while read -r path; do
        if [ -f "$path" ]; then
            mkdir -p "$root$(dirname "$path")"
            cp -L "$path" "$root$path"
        fi
    done
}

# pip's settings and the files that they name, such as certificates; folders of packages stay outside.
bring_pip_settings() {
    local path
    for path in /etc/pip.conf /etc/xdg/pip/pip.conf "$HOME/.config/pip/pip.conf" "$HOME/.pip/pip.conf"; do
        if [ -f "$path" ]; then
            { echo "$path"; grep -oE '/[^[:space:]]+' "$path" || true; } | bring
            sed -i '/^ *find-links\|file:/d' "$root$path"
        fi
    done
    { settings | grep -oE '/[^[:space:]]+' || true; } | bring
}

# What this machine tells pip and others about how to reach a package source.
settings() {
    env | grep -v '^PIP_FIND_LINKS=' |
        grep -iE '^(PIP_[A-Z_]+|(HTTPS?|ALL|NO)_PROXY|(SSL|REQUESTS|CURL)_[A-Z_]+|NODE_EXTRA_CA_CERTS)=' || true
}

in_system() {
    local variables
    mapfile -t variables < <(settings)
    chroot "$root" env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME="$HOME" \
        "${variables[@]}" "$@"
}

in_checkout() {
    in_system sh -c 'cd /srv/readiness && exec "$@"' sh "$@"
}

check_out() {
    commit=$(git -c safe.directory='*' -C "$PROJECT" rev-parse HEAD)
    git -c safe.directory='*' -C "$PROJECT" bundle create --quiet "$root/srv/head.bundle" HEAD
    in_system git clone --quiet /srv/head.bundle /srv/readiness >"$folder/log" 2>&1 ||
        failed_with_log "git clone failed"
}

failed_with_log() {
    tail -n 40 "$folder/log" >&2
    failed "$1"
}

# Starts `make run`, waits until it answers on loopback, and stops it again.
serve() {
    local port server
    port=$(in_system python3 -c 'import socket as s; a = s.create_server(("127.0.0.1", 0)); print(a.getsockname()[1])')
    set -m
    in_checkout make run PORT="$port" >"$folder/log" 2>&1 &
    server=$!
    set +m
    until answers "$port"; do
        kill -0 "$server" 2>/dev/null || failed_with_log "make run ended before it served"
        [ "$SECONDS" -lt $((MINUTES_TO_SERVE * 60)) ] || failed_with_log "no answer within $MINUTES_TO_SERVE minutes"
        sleep 0.5
    done
    seconds=$SECONDS
    kill -TERM -- "-$server"
    wait "$server" 2>/dev/null || true
    for _ in $(seq 60); do
        answers "$port" || break
        sleep 1
    done
    ! answers "$port" || failed "the dashboard went on after it was stopped"
    SECONDS=$seconds
}

# Asked by bash itself, in a subshell of its own: a Python for each question would slow the start that it waits for.
answers() (
    exec 4<>"/dev/tcp/127.0.0.1/$1"
    printf 'GET /health HTTP/1.0\r\nHost: 127.0.0.1:%s\r\n\r\n' "$1" >&4
    read -r -t 5 status <&4 && [[ $status == *" 200 "* ]]
) 2>/dev/null

# --- what was asked for -----------------------------------------------------------------------------------------------

if [ "${1:-}" = --inside ]; then
    shift
    inside "$@"
    exit
fi
quick=no suite=
for argument; do
    case $argument in
        --quick) quick=yes ;;
        -*) echo "$usage" >&2; exit 2 ;;
        *) suite=$argument ;;
    esac
done
outside "$quick" "$suite"; exit # in one line: bash reads no further, should this file be edited meanwhile
