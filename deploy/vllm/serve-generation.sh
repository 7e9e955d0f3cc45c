#!/usr/bin/env bash
# The base-prompt and the variation model: one server for both, as they are never busy at the same time for long.
# Short prompts, short answers, many at once. See serve-common.sh for what can be set.
MODEL=${MODEL:-Qwen/Qwen2.5-7B-Instruct}
NAME=${NAME:-generation}
PORT=${PORT:-8001}
MAX_LEN=${MAX_LEN:-4096}
# shellcheck source=serve-common.sh
source "$(dirname "${BASH_SOURCE[0]}")/serve-common.sh"

# --max-num-seqs           answers at once; a few hundred tokens each, so many fit into the cache
# --max-num-batched-tokens tokens of a step; large, since what counts is throughput, not the first token's delay
# --structured-outputs-config  answers are JSON of a schema; without white space none is spent on padding
exec vllm serve "$MODEL" "${common[@]}" \
  --max-num-seqs 512 \
  --max-num-batched-tokens 16384 \
  --structured-outputs-config '{"backend": "xgrammar", "disable_any_whitespace": true}' \
  "$@"
