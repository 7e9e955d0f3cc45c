#!/usr/bin/env bash
# The main model, which prompts are optimized for: long answers, and adapters that come and go while it serves, so that
# champion and challenger are compared on one server. See serve-common.sh for what can be set.
MODEL=${MODEL:-Qwen/Qwen2.5-7B-Instruct}
NAME=${NAME:-main}
PORT=${PORT:-8002}
# shellcheck source=serve-common.sh
source "$(dirname "${BASH_SOURCE[0]}")/serve-common.sh"

# Lets adapters be loaded and removed over HTTP. Whoever reaches the port may then make the server read any folder of its
# machine: loopback or a private network only.
export VLLM_ALLOW_RUNTIME_LORA_UPDATING=1

# --max-num-seqs       answers at once; longer ones fill the cache sooner, so fewer than for short ones
# --max-lora-rank      the largest rank that is trained (fine_tuning_config.yaml); memory is set aside for it
# --max-loras          adapters in one batch: champion and challenger, without waiting for each other
# --max-cpu-loras      adapters that stay in memory. Never fewer than are loaded: one that is dropped is read from its
#                      folder again in the middle of a step, and the server ends if the folder is gone
exec vllm serve "$MODEL" "${common[@]}" \
  --max-num-seqs 256 \
  --max-num-batched-tokens 8192 \
  --enable-lora --max-lora-rank 16 --max-loras 2 --max-cpu-loras 8 \
  --api-server-count 1 \
  "$@"
