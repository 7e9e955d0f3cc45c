#!/usr/bin/env bash
# One validator: start it three times, with three models of different families (VALIDATOR=1, 2 and 3). Long prompts that begin
# alike (the rubric), and a few dozen tokens of scores with their log-probabilities. See serve-common.sh for what can be set.
VALIDATOR=${VALIDATOR:-1}
MODEL=${MODEL:?the model of validator $VALIDATOR, of another family than the main model and the other validators}
NAME=${NAME:-validator-$VALIDATOR}
PORT=${PORT:-$((8010 + VALIDATOR))}
# shellcheck source=serve-common.sh
source "$(dirname "${BASH_SOURCE[0]}")/serve-common.sh"

# --max-num-batched-tokens     almost all work is reading prompts: as many tokens a step as memory allows
# --max-logprobs               expected scores are made from the 20 likeliest tokens
# --structured-outputs-config  the scores are JSON of a schema; without white space none is spent on padding
exec vllm serve "$MODEL" "${common[@]}" \
  --max-num-seqs 256 \
  --max-num-batched-tokens 16384 \
  --max-logprobs 20 \
  --structured-outputs-config '{"backend": "xgrammar", "disable_any_whitespace": true}' \
  "$@"
