"""Trains a LoRA adapter with TRL and PEFT: `train_adapter.py REQUEST.json`. One JSON line per event on standard output.

The request: `method` (sft, dpo), `settings` (TRL's own names), `folder` (of the checkpoints), `adapter` (where the adapter is
put), `parent` (folder of the adapter to go on from; may be null), `rows` and `heldOut` (JSONL, conversational; `heldOut` may be null), `margins` (JSONL of pairs to measure by), `probes`
(lists of messages), `probeTokens`, `seed`.
Events: start, log, checkpoint, smaller, done, error (with a code). Training goes on from the last whole checkpoint.
"""

import contextlib
import json
import math
import os
import shutil
import sys
from pathlib import Path

# Nothing but events goes to standard output, whatever a library prints.
events = os.fdopen(os.dup(1), "w", buffering=1)
os.dup2(2, 1)
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

LORA = ("lora_r", "lora_alpha", "lora_dropout", "lora_target_modules", "use_rslora")
MODEL = ("model_name_or_path", "model_revision", "dtype", "attn_implementation")
# Settings of ours beside TRL's.
OWN = ("early_stopping_patience", "start_from")


def emit(event: str, **fields: object) -> None:
    if int(os.environ.get("RANK", "0")) == 0:
        events.write(json.dumps({"event": event, **fields}) + "\n")


class Failure(Exception):
    def __init__(self, code: str, message: str):
        super().__init__(message)
        self.code = code


def classify(error: BaseException) -> str:
    """What a failure is, for whoever decides whether to try again."""
    text = f"{type(error).__name__}: {error}".lower()
    if isinstance(error, Failure):
        return error.code
    if getattr(error, "errno", None) == 28 or "no space left" in text or "os error 28" in text:
        return "DISK_FULL"
    if isinstance(error, MemoryError) or "out of memory" in text or "can't allocate memory" in text:
        return "OUT_OF_MEMORY"
    return "TRAINING_FAILED"


def last_checkpoint(folder: Path) -> str | None:
    """The newest checkpoint that was written to its end: the state comes last."""
    whole = [path for path in folder.glob("checkpoint-*") if (path / "trainer_state.json").is_file()]
    return str(max(whole, key=lambda path: int(path.name.split("-")[1]))) if whole else None


def load_rows(path: str | None):
    from datasets import Dataset

    if path is None:
        return None
    with open(path, encoding="utf-8") as lines:
        return Dataset.from_list([json.loads(line) for line in lines])


def load_model(settings: dict):
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    name = settings["model_name_or_path"]
    options = {"revision": settings.get("model_revision", "main")}
    try:
        tokenizer = AutoTokenizer.from_pretrained(name, **options)
        if "attn_implementation" in settings:
            options["attn_implementation"] = settings["attn_implementation"]
        dtype = getattr(torch, settings.get("dtype", "float32"))
        model = AutoModelForCausalLM.from_pretrained(name, dtype=dtype, **options)
    except (OSError, ValueError) as error:
        raise Failure("NO_BASE_MODEL", f"The model '{name}' cannot be loaded: {error}") from error
    if tokenizer.chat_template is None:
        raise Failure("NO_CHAT_TEMPLATE", f"The tokenizer of '{name}' has no chat template.")
    return model, tokenizer


def load_parent(model, folder: str, settings: dict):
    """The adapter of another version, to be trained on. It keeps its shape."""
    from peft import PeftModel

    parent = PeftModel.from_pretrained(model, folder, is_trainable=True)
    config = parent.peft_config["default"]
    shape = {"lora_r": config.r, "lora_alpha": config.lora_alpha, "model_name_or_path": config.base_model_name_or_path}
    for name, own in shape.items():
        if name in settings and settings[name] != own:
            message = f"The version that the training is to go on from has {name} {own}, and the settings say {settings[name]}."
            raise Failure("BAD_TRAINER_SETTINGS", message)
    return parent


def build(request: dict, micro_batch: int, accumulation: int):
    from transformers import EarlyStoppingCallback, TrainerCallback
    from trl import DPOConfig, DPOTrainer, ModelConfig, SFTConfig, SFTTrainer, get_peft_config

    settings = request["settings"]
    model, tokenizer = load_model(settings)
    held_out = load_rows(request["heldOut"])
    lora = {key: settings[key] for key in LORA if key in settings}
    peft = get_peft_config(ModelConfig(use_peft=True, lora_task_type="CAUSAL_LM", **lora))
    if request.get("parent"):
        model, peft = load_parent(model, request["parent"], settings), None
    arguments = {key: value for key, value in settings.items() if key not in (*LORA, *MODEL, *OWN)}
    arguments.update(
        output_dir=request["folder"],
        per_device_train_batch_size=micro_batch,
        gradient_accumulation_steps=accumulation,
        seed=request["seed"],
        report_to="none",
        logging_steps=1,
        # A loss that is no number must be seen.
        logging_nan_inf_filter=False,
        disable_tqdm=True,
        save_strategy="steps",
        save_total_limit=2,
    )
    arguments.setdefault("save_steps", 10)
    callbacks = []
    if held_out is not None:
        arguments.update(eval_strategy="steps", eval_steps=arguments["save_steps"], per_device_eval_batch_size=micro_batch)
        if "early_stopping_patience" in settings:
            arguments.update(load_best_model_at_end=True, metric_for_best_model="eval_loss", greater_is_better=False)
            callbacks.append(EarlyStoppingCallback(settings["early_stopping_patience"]))

    class Reporter(TrainerCallback):
        def on_train_begin(self, args, state, control, **_):
            emit("start", step=state.global_step, steps=state.max_steps, microBatch=micro_batch)

        def on_log(self, args, state, control, logs=None, **_):
            logs = logs or {}
            loss = logs.get("loss", logs.get("eval_loss"))
            if loss is None:
                return
            if not math.isfinite(loss):
                raise Failure("LOSS_NOT_FINITE", f"The loss of step {state.global_step} is {loss}.")
            name = "heldOutLoss" if "eval_loss" in logs else "loss"
            emit(
                "log",
                step=state.global_step,
                steps=state.max_steps,
                **{name: loss},
                tokens=logs.get("num_tokens", logs.get("eval_num_tokens")),
            )

        def on_save(self, args, state, control, **_):
            emit("checkpoint", step=state.global_step)

    common = dict(
        model=model,
        processing_class=tokenizer,
        train_dataset=load_rows(request["rows"]),
        eval_dataset=held_out,
        peft_config=peft,
        callbacks=[*callbacks, Reporter()],
    )
    try:
        if request["method"] == "sft":
            return SFTTrainer(args=SFTConfig(**arguments), **common), tokenizer
        return DPOTrainer(args=DPOConfig(**arguments), **common), tokenizer
    except (TypeError, KeyError) as error:
        raise Failure("BAD_TRAINER_SETTINGS", f"TRL refuses the settings or the rows: {error}") from error


def answer_probes(model, tokenizer, probes: list, most_tokens: int) -> list[dict]:
    """What the adapter and the model without it answer greedily."""
    import torch

    def greedy(messages: list) -> str:
        inputs = tokenizer.apply_chat_template(
            messages, add_generation_prompt=True, return_tensors="pt", return_dict=True
        ).to(model.device)
        ends = [tokenizer.eos_token_id]
        made = model.generate(
            **inputs, do_sample=False, max_new_tokens=most_tokens, eos_token_id=ends, pad_token_id=ends[0]
        )
        return tokenizer.decode(made[0, inputs["input_ids"].shape[1] :], skip_special_tokens=True)

    model.eval()
    texts = []
    with torch.inference_mode():
        for messages in probes:
            trained = greedy(messages)
            with model.disable_adapter():
                texts.append({"messages": messages, "text": trained, "untrained": greedy(messages)})
    return texts


def measure_margins(model, tokenizer, rows) -> list[float]:
    """For each held-out pair how much more the adapter shifted towards the chosen text than towards the rejected, in nats."""
    import torch

    def log_probability(prompt: list, completion: list) -> float:
        begun = tokenizer.apply_chat_template(prompt, add_generation_prompt=True, return_dict=True)["input_ids"]
        whole = tokenizer.apply_chat_template(prompt + completion, return_dict=True)["input_ids"]
        ids = torch.tensor([whole], device=model.device)
        scores = torch.log_softmax(model(input_ids=ids).logits[0, :-1].float(), dim=-1)
        chosen = scores.gather(1, ids[0, 1:].unsqueeze(1)).squeeze(1)
        return float(chosen[len(begun) - 1 :].sum())

    margins = []
    with torch.inference_mode():
        for row in rows:
            with_adapter = [log_probability(row["prompt"], row[key]) for key in ("chosen", "rejected")]
            with model.disable_adapter():
                without = [log_probability(row["prompt"], row[key]) for key in ("chosen", "rejected")]
            margins.append((with_adapter[0] - without[0]) - (with_adapter[1] - without[1]))
    return margins


def train(request: dict) -> None:
    import torch
    from importlib.metadata import version

    settings, folder = request["settings"], Path(request["folder"])
    micro_batch = settings.get("per_device_train_batch_size", 4)
    accumulation = settings.get("gradient_accumulation_steps", 1)
    while True:
        try:
            trainer, tokenizer = build(request, micro_batch, accumulation)
            trainer.train(resume_from_checkpoint=last_checkpoint(folder))
            break
        except BaseException as error:
            if classify(error) != "OUT_OF_MEMORY" or micro_batch == 1:
                raise
        # The same rows a step, in smaller pieces; a step of 3 is made of pieces of 1.
        smaller = micro_batch // 2 if micro_batch % 2 == 0 else 1
        accumulation *= micro_batch // smaller
        micro_batch = smaller
        trainer = None
        if torch.cuda.is_available():
            torch.cuda.empty_cache()
        emit("smaller", microBatch=micro_batch, accumulation=accumulation)
    if int(os.environ.get("RANK", "0")) != 0:
        return
    model = trainer.accelerator.unwrap_model(trainer.model)
    model.save_pretrained(request["adapter"], selected_adapters=["default"])
    shutil.rmtree(folder, ignore_errors=True)
    pairs = []
    if request.get("margins"):
        with open(request["margins"], encoding="utf-8") as lines:
            pairs = [json.loads(line) for line in lines]
    libraries = ("trl", "peft", "transformers", "datasets", "accelerate", "torch", "tokenizers")
    model.eval()
    emit(
        "done",
        step=trainer.state.global_step,
        margins=measure_margins(model, tokenizer, pairs),
        probes=answer_probes(model, tokenizer, request["probes"], request["probeTokens"]),
        versions={name: version(name) for name in libraries},
    )


def main() -> int:
    request = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    try:
        train(request)
        return 0
    except BaseException as error:
        import traceback

        code = classify(error)
        said = str(error)[-2000:]
        if code == "DISK_FULL":
            said = f"The disk with {request['adapter']} is full: {said}"
        # First what is told: where the disk is full there may be nowhere to print to.
        emit("error", code=code, message=said)
        with contextlib.suppress(OSError):
            traceback.print_exc()
        return 1


sys.exit(main())
