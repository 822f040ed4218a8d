# Words the scripts share: where we are, what we say, which Node we use. Sourced, never run.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
root=$PWD
jobs=$(nproc)

# say TEXT: one line with the seconds since the script began; goes to stderr, so that stdout stays the program's.
say() { printf '[%4d s] %s\n' "$SECONDS" "$*" >&2; }

# fail TEXT: says what is wrong and what to do, and ends the script.
fail() { say "FAILED: $*"; exit 1; }

# Vite 8 needs Node 20.19, or 22.12 and later, and npm 11. Debian 12 has Node 18 and npm 9.
readonly node_dir=$root/.tools/node

node_is_recent() {
  local version major minor
  version=$(node -p process.versions.node 2>/dev/null) || return 1
  IFS=. read -r major minor _ <<<"$version"
  ((major > 22 || (major == 22 && minor >= 12) || (major == 20 && minor >= 19)))
}

# Read from npm's own package.json: starting npm to ask it takes half a second.
npm_is_recent() {
  local manifest version
  manifest=$(readlink -f "$(command -v npm)")
  manifest=${manifest%/bin/*}/package.json
  version=$(grep -m1 -oE '"version": *"[0-9]+' "$manifest" 2>/dev/null) || return 1
  ((${version##*\"} >= 11))
}

# Puts the checkout's own Node first on PATH when scripts/setup had to make one.
use_node() {
  if [[ -x $node_dir/node_modules/.bin/node ]]; then PATH=$node_dir/node_modules/.bin:$PATH; fi
  hash -r
  node_is_recent || fail "no Node 20.19 or 22.12 and later on PATH; run scripts/setup"
}

# configure_release [CMAKE ARGS]: configures build/release. What an earlier run switched on stays on.
configure_release() {
  say "configuring build/release"
  cmake --preset release "$@" >build/configure.log 2>&1 || { cat build/configure.log >&2; fail "cmake could not configure"; }
}

# build_release TARGET...: builds these targets, or everything when none is named.
build_release() {
  local targets=()
  if (($#)); then targets=(--target "$@"); fi
  say "building ${*:-everything} (Release, $jobs at a time)"
  cmake --build build/release -j "$jobs" "${targets[@]}" >&2 || fail "the build failed; the first error above is the one to read"
  say "built"
}

# hash_of PATH...: one hash over the names and contents of all files below, but what tools make.
hash_of() {
  find "$@" \( -name node_modules -o -name dist \) -prune -o -type f -print0 2>/dev/null | LC_ALL=C sort -z |
    xargs -0 -r sha256sum | sha256sum | cut -d' ' -f1
}

# npm_ci FOLDER: installs what FOLDER's lock file names, unless that very lock is installed already.
npm_ci() {
  local folder=$1 lock stamp
  lock=$(sha256sum <"$folder/package-lock.json") stamp=$folder/node_modules/.carillon-lock
  if [[ -f $stamp && $(<"$stamp") == "$lock" ]]; then return; fi
  say "installing npm packages in $folder"
  (cd "$folder" && npm ci --no-audit --no-fund --loglevel=error >&2) || fail "npm ci failed in $folder"
  printf '%s\n' "$lock" >"$stamp"
}

# has_npm_script NAME: does web/package.json know how to do this?
has_npm_script() { grep -qs "\"$1\":" web/package.json; }

# build_web: builds console, widget and demo page when a source changed since the last build.
build_web() {
  has_npm_script build || { say "web/package.json has no 'build' script yet: no pages to build"; return; }
  local now stamp=build/web.stamp
  npm_ci web
  now=$(hash_of web spec)
  if [[ -f $stamp && $(<"$stamp") == "$now" ]] && compgen -G 'web/*/dist' >/dev/null; then return; fi
  say "building the web pages"
  (cd web && npm run --silent build >&2) || fail "the web build failed"
  printf '%s\n' "$now" >"$stamp"
  say "built the web pages"
}
mkdir -p build
