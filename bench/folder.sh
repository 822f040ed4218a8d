# A folder for a bench's data, on the disk of the checkout (not /tmp, which may be memory); gone when the script ends. Sourced.
#   CARILLON_BENCH_KEEP=1   leaves it for a look
#   CARILLON_BENCH_DIR=DIR  makes it there, to measure another disk
set -euo pipefail
where=${CARILLON_BENCH_DIR:-build/bench-data}
mkdir -p "$where"
data=$(mktemp -d "$where/$(basename "$0").XXXXXX")
if [[ -z ${CARILLON_BENCH_KEEP:-} ]]; then trap 'rm -rf "$data"' EXIT; else echo "data stays in $data" >&2; fi
