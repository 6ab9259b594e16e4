# Set-up shared by ./run and ./test: Debian packages where that is possible, and a virtual environment from the
# lock files. Sourced, with the repository as the working folder. Says what it does, and what it goes without.

# What Debian's packages ask before they start a service: exit code 101 means no. The second line tells ours.
POLICY=/usr/sbin/policy-rc.d
POLICY_TEXT='#!/bin/sh
# Of ./run or ./test, only while it installs packages.
exit 101'

say() { printf '%s\n' "$*" >&2; }

as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo -n "$@"; fi
}

can_be_root() {
    [ "$(id -u)" -eq 0 ] || { command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; }
}

forget_policy() {
    [ "$(cat "$POLICY" 2>/dev/null)" != "$POLICY_TEXT" ] || as_root rm -f "$POLICY"
}

# Installs the missing ones of the named Debian packages without starting or enabling their services.
debian_packages() {
    local missing=() package status=0 unit
    if ! command -v dpkg-query >/dev/null 2>&1 || ! command -v apt-get >/dev/null 2>&1; then
        say "This is not Debian: please see to $* yourself; what is missing is gone without."
        return 0
    fi
    for package in "$@"; do
        dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || missing+=("$package")
    done
    [ ${#missing[@]} -eq 0 ] && return 0
    if ! can_be_root; then
        say "Neither root nor sudo: going without the Debian packages ${missing[*]}."
        return 0
    fi
    say "Installing Debian packages: ${missing[*]}"
    # Ctrl-C must not leave it behind: no package could start a service any more. One that is there stays.
    trap forget_policy EXIT
    if [ ! -e "$POLICY" ]; then
        printf '%s\n' "$POLICY_TEXT" | as_root tee "$POLICY" >/dev/null
        as_root chmod 755 "$POLICY"
    fi
    {
        as_root env DEBIAN_FRONTEND=noninteractive apt-get update -qq &&
            as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"
    } >&2 2>&1 || status=$?
    forget_policy
    trap - EXIT
    # Nor shall they come up at the next boot: this project starts its own, on loopback.
    if [ -d /run/systemd/system ]; then
        for package in "${missing[@]}"; do
            for unit in $(dpkg-query -L "$package" 2>/dev/null | grep -E '/systemd/system/[^/]+\.service$' | xargs -r -n1 basename); do
                as_root systemctl disable --quiet "$unit" 2>/dev/null || true
            done
        done
    fi
    [ "$status" -eq 0 ] || say "Some packages could not be installed; going without them."
    return 0
}

# Prints a Python of 3.11 or later that can make virtual environments. Debian's own comes first: services that
# give up root must be able to read it, which one in somebody's home they cannot.
find_python() {
    local candidate
    for candidate in /usr/bin/python3 python3 python3.13 python3.12 python3.11; do
        if "$candidate" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$candidate"
            return 0
        fi
    done
    return 1
}

# Makes or updates .venv from requirements/$1.lock, unless it was made from the same file before.
virtual_environment() {
    local lock="requirements/$1.lock" python stamp
    stamp=$(cat "$lock" pyproject.toml | sha256sum | cut -d' ' -f1)
    if [ -x .venv/bin/haidang ] && [ "$(cat ".venv/.$1" 2>/dev/null)" = "$stamp" ]; then return 0; fi
    if [ ! -x .venv/bin/python ]; then
        if ! python=$(find_python); then
            debian_packages python3 python3-venv
            python=$(find_python) || {
                say "No Python 3.11 or later with venv was found. Install python3 and python3-venv, then try again."
                exit 1
            }
        fi
        say "Making .venv with $python"
        "$python" -m venv .venv
    fi
    say "Installing Python packages from $lock"
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r "$lock" &&
        .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable . || {
        say "The Python packages could not be installed: is there a way to a package index?"
        exit 1
    }
    printf '%s\n' "$stamp" > ".venv/.$1"
}
