"""Any causal model of the transformers library, from a folder, a GGUF file or the hub.

A GGUF file is converted once into a folder beside the cache and loaded from there afterwards.
Generation is greedy, on the CPU threads that the worker allows, and keeps the keys and values of
what conversations begin with, so that a first word costs only the viewer's own message.
"""

from __future__ import annotations

import hashlib
import os
import queue
import shutil
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import takewhile
from pathlib import Path
from typing import Any

from idol.errors import Missing, Unavailable
from idol.ports import Prompt

DEFAULT = "qwen05"
"""Name in `idol.weights` of the model that a bare machine uses."""
_CHATML = (
    "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
"""The chat layout for a tokenizer that brings none of its own."""
_MOST_PREFIXES = 4


class TransformersModel:
    """A local model. `model` names built-in weights, a folder, a GGUF file, or a hub model."""

    def __init__(
        self, model: str = DEFAULT, *, cache_dir: Path | None = None, threads: int = 1
    ) -> None:
        self.name = Path(model).name or model
        self._source, self._cache_dir, self._threads = model, cache_dir, threads
        self._model: Any = None
        self._tokenizer: Any = None
        self._prefixes: list[tuple[list[int], Any]] = []
        """Tokens that conversations begin with, and their keys and values."""

    def load(self) -> None:
        """Find the weights, convert them if need be, and load them.

        Raises `Missing` where there are none, `Unavailable` where they cannot be loaded.
        """
        path = self._find()
        # Read when the library is imported: nothing is looked up on a network unless asked.
        offline = path is not None
        os.environ["HF_HUB_OFFLINE"] = "1" if offline else "0"
        os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
        os.environ.setdefault("TRANSFORMERS_NO_ADVISORY_WARNINGS", "1")
        try:
            import torch
            from transformers import AutoModelForCausalLM, AutoTokenizer

            from idol.dialogue.models import int8
        except ImportError as error:
            raise Missing(f"the model library is not installed: {error}") from error
        torch.set_num_threads(self._threads)
        try:
            if path is not None and path.suffix == ".gguf":
                path = convert(path, self._folder_for(path))
            where = str(path) if path is not None else self._source
            self._tokenizer = AutoTokenizer.from_pretrained(where)
            if path is not None and (path / int8.FILE).exists():
                self._model = int8.load(path)
            elif int8.supported():
                self._model = AutoModelForCausalLM.from_pretrained(where, dtype="auto").eval()
                int8.shrink(self._model)
            else:
                self._model = AutoModelForCausalLM.from_pretrained(
                    where, dtype=torch.float32
                ).eval()
        except (OSError, ValueError, RuntimeError, KeyError) as error:
            raise Unavailable(f"{self._source} cannot be loaded: {error}") from error
        if not self._tokenizer.chat_template:
            self._tokenizer.chat_template = _CHATML

    def stream(
        self, prompts: Sequence[Prompt], *, max_tokens: int, stop: Callable[[], bool]
    ) -> Iterator[str]:
        """Yield text as it is generated. One call at a time."""
        if self._model is None:
            raise Unavailable("the model is not loaded")
        if stop() or max_tokens < 1:
            return
        import torch
        from transformers import StoppingCriteria, StoppingCriteriaList
        from transformers.generation.streamers import BaseStreamer

        class Stop(StoppingCriteria):  # type: ignore[misc]
            def __call__(self, ids: Any, scores: Any, **kwargs: Any) -> Any:
                return torch.full((ids.shape[0],), stop() or left.is_set(), dtype=torch.bool)

        class Tokens(BaseStreamer):  # type: ignore[misc]
            """Each token at once; the library's own text streamer keeps a word back until the
            next one begins."""

            def put(self, value: Any) -> None:
                tokens.put(value.flatten().tolist())

            def end(self) -> None:
                tokens.put(None)

        left = threading.Event()
        tokens: queue.Queue[list[int] | None] = queue.Queue()
        ids = self._ids(prompts)
        cache = self._cached(prompts, ids)
        failure: list[BaseException] = []

        def generate() -> None:
            try:
                with torch.inference_mode():
                    self._model.generate(
                        input_ids=torch.tensor([ids]),
                        attention_mask=torch.ones((1, len(ids)), dtype=torch.long),
                        past_key_values=cache,
                        max_new_tokens=max_tokens,
                        do_sample=False,
                        repetition_penalty=1.1,
                        pad_token_id=self._tokenizer.eos_token_id,
                        streamer=Tokens(),
                        stopping_criteria=StoppingCriteriaList([Stop()]),
                    )
            except Exception as error:
                failure.append(error)
                self._prefixes.clear()  # whatever they now hold
                tokens.put(None)

        thread = threading.Thread(target=generate, name="generate", daemon=True)
        thread.start()
        try:
            tokens.get()  # the prompt's own, or the end after a failure
            yield from self._text(iter(tokens.get, None)) if not failure else ()
        finally:
            left.set()
            thread.join()
        if failure:
            raise Unavailable(f"the model failed: {failure[0]}") from failure[0]

    # ---- the parts

    def _text(self, tokens: Iterable[list[int]]) -> Iterator[str]:
        """What each token adds to the text, as soon as its characters are whole."""
        so_far: list[int] = []
        said = ""
        for more in tokens:
            so_far += more
            text: str = self._tokenizer.decode(so_far, skip_special_tokens=True)
            if len(text) > len(said) and not text.endswith("\ufffd"):
                yield text[len(said) :]
                said = text

    def _find(self) -> Path | None:
        """The local path of the weights; None for a name on the hub."""
        given = Path(self._source).expanduser()
        if given.is_dir():
            inside = sorted(given.glob("*.gguf"))
            return inside[0] if inside and not (given / "config.json").exists() else given
        if given.is_file():
            return given
        if given.suffix == ".gguf" or given.is_absolute():
            raise Missing(f"there is no model at {given}")
        from idol import known_weights, weights

        if self._source in {w.name for w in known_weights.KNOWN}:
            folder = weights.ensure(self._source, self._cache_dir)
            return folder if folder.is_file() else next(iter(sorted(folder.glob("*.gguf"))), folder)
        return None

    def _folder_for(self, gguf: Path) -> Path:
        from idol import weights

        cache = self._cache_dir or weights.default_cache()
        stat = gguf.stat()
        key = f"{gguf.resolve()} {stat.st_size} {stat.st_mtime_ns} int8"
        return cache / "converted" / f"{gguf.stem}-{hashlib.sha256(key.encode()).hexdigest()[:12]}"

    def _ids(self, prompts: Sequence[Prompt]) -> list[int]:
        talk = [{"role": p.role, "content": p.content} for p in prompts]
        text = self._tokenizer.apply_chat_template(talk, add_generation_prompt=True, tokenize=False)
        ids: list[int] = self._tokenizer(text, add_special_tokens=False)["input_ids"]
        return ids

    def _cached(self, prompts: Sequence[Prompt], ids: list[int]) -> Any:
        """Keys and values of the tokens that this conversation begins with.

        What no conversation before began with is computed once: all but its last prompt.
        """
        fitting = [p for p in self._prefixes if ids[: len(p[0])] == p[0]]
        if not fitting:
            del self._prefixes[: len(self._prefixes) - _MOST_PREFIXES + 1]
            self._prefixes.append(self._prefix(prompts[:-1]))
            fitting = self._prefixes[-1:]
        known, cache = max(fitting, key=lambda prefix: len(prefix[0]))
        extra = cache.get_seq_length() - len(known)
        if extra > 0:
            cache.crop(-extra)  # a negative number is what this version takes
        return cache if known else None

    def _prefix(self, opening: Sequence[Prompt]) -> tuple[list[int], Any]:
        import torch
        from transformers import DynamicCache

        known = _common(*(self._ids([*opening, Prompt("user", text)]) for text in ("x", "你")))
        cache = DynamicCache(config=self._model.config)
        if known:
            with torch.inference_mode():
                self._model(torch.tensor([known]), past_key_values=cache, logits_to_keep=1)
        return known, cache


def _common(first: list[int], *others: list[int]) -> list[int]:
    """The tokens that all of them begin with.

    >>> _common([1, 2, 3], [1, 2, 4], [1, 2])
    [1, 2]
    """
    columns = zip(first, *others, strict=False)
    return [column[0] for column in takewhile(lambda column: len(set(column)) == 1, columns)]


def convert(gguf: Path, folder: Path) -> Path:
    """Read a GGUF file into a folder of eight-bit weights that loads fast (elsewhere than on x86:
    of full ones). Does nothing if it is there. The folder appears whole or not at all.
    """
    if (folder / "config.json").exists():
        return folder
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig

    from idol.dialogue.models import int8

    where, file = str(gguf.parent), gguf.name
    tokenizer = AutoTokenizer.from_pretrained(where, gguf_file=file)
    model = AutoModelForCausalLM.from_pretrained(
        where,
        gguf_file=file,
        dtype=torch.float32,
        quantization_config=GgufConfig(dequantize=True),
    )
    model.hf_quantizer = None
    if hasattr(model.config, "quantization_config"):
        del model.config.quantization_config
    part = folder.with_name(f"{folder.name}.{os.getpid()}.part")
    shutil.rmtree(part, ignore_errors=True)
    if int8.supported():
        part.mkdir(parents=True)
        int8.shrink(model)
        int8.save(model, part)
    else:
        model.save_pretrained(part)
    tokenizer.save_pretrained(part)
    try:
        part.rename(folder)
    except OSError:  # another process was faster
        shutil.rmtree(part, ignore_errors=True)
    return folder
