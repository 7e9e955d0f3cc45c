"""Makes a plain model folder of a GGUF file: `dequantize.py FILE.gguf FOLDER`. For training and for servers without GGUF."""

import sys
from pathlib import Path

import torch
from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer


def main() -> None:
    file, folder = Path(sys.argv[1]), Path(sys.argv[2])
    given = {"gguf_file": file.name}
    AutoTokenizer.from_pretrained(file.parent, **given).save_pretrained(folder)
    quantized = AutoModelForCausalLM.from_pretrained(file.parent, dtype=torch.float32, **given)
    # What was loaded from GGUF refuses to be saved; a plain model with the same weights does not.
    config = AutoConfig.from_pretrained(file.parent, **given)
    if hasattr(config, "quantization_config"):
        del config.quantization_config
    plain = AutoModelForCausalLM.from_config(config, dtype=torch.float32)
    plain.load_state_dict(quantized.state_dict(), strict=True)
    plain.save_pretrained(folder)


main()
