"""Writes a tiny Llama of random weights with its tokenizer, and LoRA adapters for it: `make_tiny_model.py FOLDER TEXT…`.

What it says is noise; everything around it is real. The tokenizer is trained on the given texts. Below FOLDER:
`model/`, and per adapter `adapters/<name>/` with random weights that are strong enough to change greedy answers.
`too-large` has a rank above the server's `--max-lora-rank 16`, to be refused.
"""

import json
import sys
from pathlib import Path

import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

CHAT_TEMPLATE = (
    "{% for message in messages %}<|{{ message['role'] }}|>{{ message['content'] }}<|end|>{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)
ROLE_TOKENS = ["<|system|>", "<|user|>", "<|assistant|>"]
# Rank of each adapter.
ADAPTERS = {"champion": 8, "challenger": 8, "too-large": 32}


def write_tokenizer(folder: Path, texts: list[str]) -> int:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.train(
        texts,
        trainers.BpeTrainer(
            vocab_size=2000,
            special_tokens=["<|begin|>", "<|end|>", *ROLE_TOKENS],
            initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        ),
    )
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, bos_token="<|begin|>", eos_token="<|end|>")
    fast.chat_template = CHAT_TEMPLATE
    fast.save_pretrained(folder)
    return len(fast)


def write_adapter(folder: Path, config: LlamaConfig, rank: int, seed: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    generator = torch.Generator().manual_seed(seed)
    tensors = {}
    for layer in range(config.num_hidden_layers):
        for projection in ("q_proj", "v_proj"):
            name = f"base_model.model.model.layers.{layer}.self_attn.{projection}"
            size = config.hidden_size
            tensors[f"{name}.lora_A.weight"] = torch.randn(rank, size, generator=generator)
            tensors[f"{name}.lora_B.weight"] = torch.randn(size, rank, generator=generator)
    save_file(tensors, folder / "adapter_model.safetensors")
    (folder / "adapter_config.json").write_text(
        json.dumps(
            {
                "peft_type": "LORA",
                "task_type": "CAUSAL_LM",
                "base_model_name_or_path": None,
                "r": rank,
                "lora_alpha": rank,
                "lora_dropout": 0.0,
                "target_modules": ["q_proj", "v_proj"],
                "bias": "none",
            }
        )
    )


def main() -> None:
    folder = Path(sys.argv[1])
    size = write_tokenizer(folder / "model", sys.argv[2:])
    torch.manual_seed(1)
    config = LlamaConfig(
        vocab_size=size,
        hidden_size=256,
        intermediate_size=512,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=4,
        max_position_embeddings=8192,
        bos_token_id=0,
        eos_token_id=1,
        tie_word_embeddings=False,
        # Wider than usual: with the usual 0.02 all tokens are all but equally likely, and an adapter changes nothing.
        initializer_range=0.1,
    )
    LlamaForCausalLM(config).save_pretrained(folder / "model")
    for seed, (name, rank) in enumerate(ADAPTERS.items()):
        write_adapter(folder / "adapters" / name, config, rank, seed)


main()
