#!/usr/bin/env bash
# The prompt-optimization model: rewrites a prompt in a few dozen tokens; its trained adapters are loaded while it serves.
# See serve-common.sh for what can be set.
MODEL=${MODEL:-Qwen/Qwen2.5-7B-Instruct}
NAME=${NAME:-optimizer}
PORT=${PORT:-8020}
MAX_LEN=${MAX_LEN:-4096}
# shellcheck source=serve-common.sh
source "$(dirname "${BASH_SOURCE[0]}")/serve-common.sh"

# As for the main model: adapters over HTTP, on loopback or a private network only.
export VLLM_ALLOW_RUNTIME_LORA_UPDATING=1

exec vllm serve "$MODEL" "${common[@]}" \
  --max-num-seqs 512 \
  --max-num-batched-tokens 16384 \
  --enable-lora --max-lora-rank 16 --max-loras 2 --max-cpu-loras 8 \
  --api-server-count 1 \
  --structured-outputs-config '{"backend": "xgrammar", "disable_any_whitespace": true}' \
  "$@"
