# shellcheck shell=bash
# What the scripts here share: a folder that goes away, PostgreSQL, npm oidc-provider, the portal's environment.
# To be sourced, after `here` is set.
#
# Reads: GUILDHALL_BIN, DATABASE_URL, PG_BIN, PROVIDERS_CACHE, as tests/providers/run says.
# shellcheck disable=SC2154
root=$(cd "$here/../.." && pwd)
cache=${PROVIDERS_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/guildhall/providers}
work=$(mktemp -d "${TMPDIR:-/tmp}/guildhall-providers.XXXXXX")
started=()
database_started=

export CLIENT_ID=guildhall-portal PERSON_PASSWORD='correct horse battery staple' PYTHONDONTWRITEBYTECODE=1

say() { printf '%s\n' "$*"; }

fail() {
  say "FAILED: $*" >&2
  for log in "$work"/*.log; do
    [ -s "$log" ] && { say "--- $(basename "$log")"; tail -n 25 "$log"; } >&2
  done
  exit 1
}

# keep_figures NAME LINE…: in the one form of this repository; a line is a name, a number and, where zero is promised, 0.
keep_figures() {
  mkdir -p "$root/target/figures"
  printf '%b\n' "${@:2}" >"$root/target/figures/$1.txt"
}

need() { command -v "$1" >/dev/null || fail "$1 is missing: $2"; }

free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

random_hex() { od -An -N"$1" -tx1 /dev/urandom | tr -d ' \n'; }

# Waits up to two minutes until an address answers 200: wait_for ADDRESS PID NAME
wait_for() {
  for _ in $(seq 600); do
    curl -fsS -o "$work/answer" "$1" 2>/dev/null && return 0
    kill -0 "$2" 2>/dev/null || fail "$3 ended"
    sleep 0.2
  done
  fail "$3 does not answer at $1"
}

stop() {
  for pid in "${started[@]}"; do kill "$pid" 2>/dev/null || true; done
  for pid in "${started[@]}"; do wait "$pid" 2>/dev/null || true; done
  started=()
}

# initdb and the server refuse to run as root.
as_postgres() { if [ "$(id -u)" = 0 ]; then setpriv --reuid postgres --regid postgres --clear-groups -- "$@"; else "$@"; fi; }

finish() {
  stop
  [ -z "$database_started" ] || as_postgres "$PG_BIN/pg_ctl" -D "$work/pg/data" -m fast stop >/dev/null || true
  rm -rf "${work:?}"
}
trap finish EXIT

install_oidc_provider() {
  need node "install Node 20 or later"
  need npm "install npm"
  mkdir -p "$cache/npm"
  if ! cmp -s "$here/package.json" "$cache/npm/package.json"; then
    say "Installing npm oidc-provider into $cache/npm"
    cp "$here/package.json" "$cache/npm/package.json"
    npm install --prefix "$cache/npm" --no-audit --no-fund --no-package-lock >"$work/npm.log" 2>&1 ||
      { rm -f "$cache/npm/package.json"; fail "npm install"; }
  fi
}

# install_python NAME PACKAGE: into a virtual environment of that name.
install_python() {
  local venv="$cache/$1"
  [ -e "$venv/installed" ] && return
  say "Installing PyPI $2 into $venv"
  python3 -m venv --clear "$venv" >"$work/pip.log" 2>&1 || fail "python3 -m venv (Debian: apt-get install python3-venv)"
  "$venv/bin/pip" install --quiet "$2" >>"$work/pip.log" 2>&1 || fail "pip install"
  touch "$venv/installed"
}

start_oidc_provider() {
  # A module finds its packages from where it lies, so it runs beside them.
  cp "$here/oidc-provider.mjs" "$cache/npm/"
  node "$cache/npm/oidc-provider.mjs" >"$work/oidc-provider.log" 2>&1 &
  started+=("$!")
}

start_database() {
  [ -z "${DATABASE_URL:-}" ] || return 0
  PG_BIN=${PG_BIN:-$(find /usr/lib/postgresql -maxdepth 2 -name bin 2>/dev/null | sort -V | tail -n 1)}
  [ -x "$PG_BIN/initdb" ] || fail "PostgreSQL's initdb is missing: install postgresql, or set PG_BIN or DATABASE_URL"
  chmod 711 "$work" && mkdir "$work/pg"
  [ "$(id -u)" != 0 ] || chown postgres "$work/pg"
  (
    cd "$work/pg"
    as_postgres "$PG_BIN/initdb" -D data -U guildhall --auth=trust --encoding=UTF8 --locale=C.UTF-8
    as_postgres "$PG_BIN/pg_ctl" -D data -w -l "$work/pg/server.log" -o "-c listen_addresses= -c fsync=off -k $work/pg" start
    as_postgres "$PG_BIN/createdb" -h "$work/pg" -U guildhall guildhall
  ) >"$work/postgresql.log" 2>&1 || fail "the private PostgreSQL does not start"
  database_started=yes
  export DATABASE_URL="postgresql://guildhall@/guildhall?host=$work/pg"
}

portal_binary() {
  if [ -z "${GUILDHALL_BIN:-}" ]; then
    (cd "$root" && "${CARGO:-cargo}" build --quiet --bin guildhall)
    GUILDHALL_BIN="${CARGO_TARGET_DIR:-$root/target}/debug/guildhall"
  fi
}

# use_provider NAME: what the portal is told of the provider at PORT.
use_provider() {
  export OIDC_PROVIDERS=test OIDC_TEST_NAME="$1" OIDC_TEST_ISSUER="http://localhost:$PORT"
  export OIDC_TEST_CLIENT_ID=$CLIENT_ID OIDC_TEST_CLIENT_SECRET=$CLIENT_SECRET
}

# create_tenant SLUG NAME: owned by the person, in a database that is brought up to date first.
create_tenant() {
  "$GUILDHALL_BIN" migrate >"$work/migrate.log" 2>&1 || fail "guildhall migrate"
  "$GUILDHALL_BIN" tenant create --slug "$1" --name "$2" --owner-email "$PERSON_EMAIL" \
    --owner-name "$PERSON_NAME" >"$work/tenant.log" 2>&1 || fail "guildhall tenant create"
}

need curl "install curl"
need python3 "install Python 3.11 or later"
GUILDHALL_SECRET_KEY=$(random_hex 32)
export GUILDHALL_SECRET_KEY
