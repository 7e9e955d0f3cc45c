# What all serve scripts have in common; sourced by them. Sets `common`, the flags of every server.
#
# MODEL       what to serve: a hub name or a folder (each script has a default)
# NAME        the name that configs ask for (default: the role's, set by each script)
# HOST PORT   where to listen (default: 127.0.0.1, and a port of the role's own)
# GPUS        devices of this server, such as 0 or 0,1 (default: all that are visible)
# GPU_MEMORY  share of each device's memory that it may take (default 0.9; less where two servers share one)
# MAX_LEN     longest prompt and answer together, in tokens
# VLLM_API_KEY  demanded of all requests below /v1; demanded by this script itself when HOST is not loopback
# shellcheck shell=bash
set -euo pipefail

HOST=${HOST:-127.0.0.1}
GPU_MEMORY=${GPU_MEMORY:-0.9}
MAX_LEN=${MAX_LEN:-8192}
if [[ -n ${GPUS:-} ]]; then export CUDA_VISIBLE_DEVICES=$GPUS; fi

# The key alone stands between the network and the server; a key in a flag would stand in every process list.
if [[ $HOST != 127.0.0.1 && $HOST != localhost && $HOST != ::1 && -z ${VLLM_API_KEY:-} ]]; then
  echo "HOST is $HOST, which others can reach: set VLLM_API_KEY, and name the variable as apiKeyEnv in configs/." >&2
  exit 2
fi

# One device for each part of the model's weights: as many as GPUS names.
tensor_parallel=1
if [[ -n ${GPUS:-} ]]; then tensor_parallel=$(($(tr -cd , <<<"$GPUS" | wc -c) + 1)); fi

# vLLM closes connections that are idle for 5 s; longer spares their making between the batches of a run.
export VLLM_HTTP_TIMEOUT_KEEP_ALIVE=${VLLM_HTTP_TIMEOUT_KEEP_ALIVE:-120}

# Read by the scripts that source this.
# shellcheck disable=SC2034
common=(
  --host "$HOST"
  --port "$PORT"
  --served-model-name "$NAME"
  --max-model-len "$MAX_LEN"
  --gpu-memory-utilization "$GPU_MEMORY"
  --tensor-parallel-size "$tensor_parallel"
  # On by default; said, because so much rests on it: prompts of a role begin alike (system text, rubric, examples).
  --enable-prefix-caching
  # PROSE sends every sampling field itself; without this a model's generation_config.json may cut its answers.
  --generation-config vllm
  # On SIGTERM requests in flight are finished. Without it they hang until their clients give up.
  --shutdown-timeout 120
)
