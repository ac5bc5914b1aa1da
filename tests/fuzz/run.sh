#!/usr/bin/env bash
# Fuzzes one target for some seconds: bash tests/fuzz/run.sh markdown 600
#
# Needs a C++ compiler and `cargo install cargo-fuzz`. What is found stops it and lies in tests/fuzz/artifacts/; mend it
# in src/ and keep it as a unit test there. What was learnt stays in tests/fuzz/corpus/, which nothing else reads.
set -euo pipefail
cd "$(dirname "$0")"
target=${1:?which of: $(basename -s .rs fuzz_targets/*)}
seconds=${2:-600}
# Room for what each target reads in whole; the larger, the slower each try.
declare -A longest=([multipart]=2048 [walk]=4096 [manifest]=4096 [docs]=8192 [markdown]=4096)

# The versions that are shipped are those to fuzz; the few packages that only this crate has are the newest.
cp ../../Cargo.lock .
mkdir -p "corpus/$target"
# The coverage of libFuzzer is a switch that stable compilers have too, behind this name. There is no `unsafe` to watch.
RUSTC_BOOTSTRAP=1 cargo fuzz run --fuzz-dir . --sanitizer none "$target" "corpus/$target" "seeds/$target" -- \
    -dict="dict/$target.dict" -max_len="${longest[$target]}" -max_total_time="$seconds" \
    -timeout=10 -rss_limit_mb=1024 -malloc_limit_mb=256 -print_final_stats=1
