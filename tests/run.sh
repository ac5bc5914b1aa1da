#!/usr/bin/env bash
# Every test of this project, on any machine that has Rust: bash tests/run.sh
#
# Installs what the tests need into the target folder: three releases of the real client, galaxykit, schemathesis, and
# a single sign-on provider, each in a Python environment of its own. Only Debian packages go elsewhere, and only when
# root runs this. Then it checks the format, the lints, the documentation, all Rust tests, a few real collections and
# many hostile requests through a running server. The first thing that is wrong ends it, with a sentence that says what
# to do. Start reading at the bottom.
set -euo pipefail

# The exact releases, here and below: a test that fails must mean that this project changed.
readonly CLIENTS=(2.15.13 2.17.14 2.19.14)
# What they need themselves. 2.15 takes no newer resolvelib; the others take this one too.
readonly LIBRARIES=(
    Jinja2==3.1.6 MarkupSafe==3.0.3 PyYAML==6.0.3 cryptography==46.0.3 packaging==25.0 resolvelib==1.0.1
)

# The command line that Galaxy NG's own tests use, and what it needs; later setuptools lack what it imports.
readonly GALAXYKIT=(
    galaxykit==0.14.0 attrs==25.4.0 certifi==2025.10.5 charset-normalizer==3.4.4 idna==3.11 orionutils==0.1.7
    PyYAML==6.0.3 requests==2.32.5 setuptools==80.9.0 simplejson==3.20.2 urllib3==2.5.0
)

# The oldest and the newest minor version of Python 3 that client $1, galaxykit, the provider or schemathesis runs on.
python_range() {
    case $1 in
    2.15.*) echo 9 11 ;;
    2.17.*) echo 10 12 ;;
    2.19.*) echo 11 13 ;;
    galaxykit | provider) echo 10 13 ;;
    schemathesis) echo 11 13 ;;
    esac
}

step() { printf '\n==> %s\n' "$*"; }
fail() {
    printf '\nerror: %s\n' "$*" >&2
    exit 1
}

# Installs Debian packages, if this is root on Debian or a relative of it.
install_packages() {
    [[ $(id -u) == 0 ]] && command -v apt-get >/dev/null || return 1
    step "Installing Debian packages: $*"
    apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends "$@"
}

need_rust() {
    command -v cargo >/dev/null || fail "cargo is missing; install Rust from https://rustup.rs and run this again."
    cargo fmt --version >/dev/null 2>&1 && cargo clippy --version >/dev/null 2>&1 ||
        fail "rustfmt or clippy is missing; install them with: rustup component add rustfmt clippy"
    # SQLite and liblzma are built from their C sources.
    command -v cc >/dev/null || install_packages gcc libc6-dev ||
        fail "a C compiler is missing; install one, on Debian with: apt-get install gcc libc6-dev"
}

# Prints the first Python that client $1 runs on and that can make environments.
find_python() {
    local candidate
    for candidate in ${PYTHON:+"$PYTHON"} python3 python3.11 python3.12 python3.10 python3.9 python3.13; do
        # shellcheck disable=SC2046 # two words are meant
        if "$candidate" -c '
import ensurepip, sys, venv
oldest, newest = map(int, sys.argv[1:])
sys.exit(not (3, oldest) <= sys.version_info[:2] <= (3, newest))
' $(python_range "$1") >/dev/null 2>&1; then
            command -v "$candidate"
            return
        fi
    done
    return 1
}

need_python() {
    find_python "$1" >/dev/null && return
    # Debian keeps the part of Python that makes environments in a package of its own.
    install_packages python3 python3-venv && find_python "$1" >/dev/null && return
    local range
    read -ra range <<<"$(python_range "$1")"
    fail "client $1 of the tests needs Python 3.${range[0]} to 3.${range[1]} with its venv module, and this machine has" \
        "$(python3 --version 2>/dev/null || echo no Python); install Python 3.11, which runs all the clients (on" \
        "Debian 12: apt-get install python3-venv), and if it is not found, name it in the variable PYTHON."
}

# Makes the environment $1 with the Python $2 and the packages that follow, unless it is there already.
install_environment() {
    local folder=$CARGO_TARGET_DIR/clients/$1 python=$2 wanted
    shift 2
    # An environment has its own path written into it: one that was moved has to be made again.
    wanted="$folder $* $("$python" --version)"
    if [[ $(cat "$folder/complete" 2>/dev/null) == "$wanted" ]] && "$folder/bin/python" -c '' 2>/dev/null; then
        return
    fi
    "$python" -m venv --clear "$folder"
    "$folder/bin/python" -m pip install --quiet --disable-pip-version-check --prefer-binary "$@"
    printf '%s\n' "$wanted" >"$folder/complete"
}

install_clients() {
    # Several checkouts may share a target folder.
    if command -v flock >/dev/null; then flock 9; fi
    local client
    for client in "${CLIENTS[@]}"; do
        install_environment "${client%.*}" "$(find_python "$client")" "ansible-core==$client" "${LIBRARIES[@]}"
    done
    install_environment galaxykit "$(find_python galaxykit)" "${GALAXYKIT[@]}"
    local packages
    for client in provider schemathesis; do
        mapfile -t packages < <(grep -v '^#' "$root/tests/$client.txt")
        install_environment "$client" "$(find_python "$client")" "${packages[@]}"
    done
} 9>"$CARGO_TARGET_DIR/clients/lock"

# Starts the installation: pip waits for the network while cargo keeps the processor busy.
begin_clients() {
    mkdir -p "$CARGO_TARGET_DIR/clients"
    install_clients >"$CARGO_TARGET_DIR/clients/log" 2>&1 &
    INSTALLING=$!
    trap 'kill "$INSTALLING" 2>/dev/null || true' EXIT
}

end_clients() {
    if ! wait "$INSTALLING"; then
        cat "$CARGO_TARGET_DIR/clients/log" >&2
        fail "the clients could not be installed, as told above; pip must be able to reach a package index."
    fi
    trap - EXIT
}

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# Absolute, so that cargo, the tests and this script mean the same folder.
CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$root/target}
mkdir -p "$CARGO_TARGET_DIR"
CARGO_TARGET_DIR=$(cd "$CARGO_TARGET_DIR" && pwd)
export CARGO_TARGET_DIR
cd "$root"

step "Looking for what the tests need"
need_rust
for client in "${CLIENTS[@]}" galaxykit provider schemathesis; do
    need_python "$client"
done
begin_clients

step "cargo fmt --check"
cargo fmt --check

step "cargo clippy --all-targets -- -D warnings"
cargo clippy --all-targets -- -D warnings

step "cargo doc --no-deps"
RUSTDOCFLAGS="-D warnings" cargo doc --no-deps

step "cargo test --no-run"
cargo test --no-run

step "ansible-core ${CLIENTS[*]}, galaxykit, schemathesis and the provider, in $CARGO_TARGET_DIR/clients"
end_clients

step "cargo test"
cargo test

python=$CARGO_TARGET_DIR/clients/2.19/bin/python

step "Real collections through a running server"
"$python" tests/corpus.py --if-available

step "Faulty artifacts through a running server"
"$python" tests/bad_artifacts.py --if-available

step "Documentation of real plugins, compared with ansible-doc"
"$python" tests/docs_oracle.py --sample --if-available

step "Requests that nobody would write, made from the description of the API"
"$CARGO_TARGET_DIR/clients/schemathesis/bin/python" tests/hostile_requests.py

step "All tests passed"
