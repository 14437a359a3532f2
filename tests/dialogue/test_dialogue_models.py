"""Language models behind their port, and the worker that runs them."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest

from idol.dialogue import mind as mind_module
from idol.dialogue.mind import Mind
from idol.dialogue.models.openai import OpenAICompatibleModel
from idol.dialogue.models.transformers import TransformersModel
from idol.errors import Missing, Unavailable
from idol.ports import Prompt
from idol.telemetry import get_log
from idol.testing.brain import FakeModel, check_model

TALK = [Prompt("system", "Be brief."), Prompt("user", "Hello")]


def no() -> bool:
    return False


def test_the_fake_model_conforms() -> None:
    check_model(FakeModel())


# ---- OpenAI-compatible


def server(handle: Callable[[httpx.Request], httpx.Response]) -> OpenAICompatibleModel:
    return OpenAICompatibleModel("m", "http://x/v1", transport=httpx.MockTransport(handle))


def event(text: str) -> str:
    return "data: " + json.dumps({"choices": [{"delta": {"content": text}}]}) + "\n\n"


def test_an_openai_server_conforms(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IDOL_MODEL_KEY", "secret")
    seen: list[httpx.Request] = []

    def handle(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        if request.method == "GET":
            return httpx.Response(404)
        n = json.loads(request.content)["max_tokens"]
        noise = ": ping\n\ndata: {}\n\ndata: not json\n\n"
        body = noise + "".join(event(f"词{i} ") for i in range(n)) + "data: [DONE]\n\n"
        return httpx.Response(200, text=body)

    model = server(handle)
    check_model(model)
    assert all(r.headers["authorization"] == "Bearer secret" for r in seen)
    body = json.loads(seen[1].content)
    assert body["stream"] and body["messages"][0] == {"role": "system", "content": "Be brief."}


def test_a_server_that_refuses_or_breaks_is_unavailable() -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        return httpx.Response(401)

    with pytest.raises(Unavailable, match="refuses the key"):
        server(refuse).load()

    def break_(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no route")

    with pytest.raises(Unavailable, match="does not answer"):
        server(break_).load()

    def fail(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200 if request.method == "GET" else 500, text="oops")

    model = server(fail)
    model.load()
    with pytest.raises(Unavailable, match="500"):
        list(model.stream(TALK, max_tokens=4, stop=no))
    with pytest.raises(Unavailable, match="URL"):
        OpenAICompatibleModel("m", "ftp://x").load()


# ---- transformers, on a tiny model with random weights


def test_a_transformers_folder_conforms(tiny: Path) -> None:
    check_model(TransformersModel(str(tiny)))


def test_the_cached_prefix_changes_no_word(tiny: Path) -> None:
    def answer(model: TransformersModel, *talk: Prompt) -> str:
        return "".join(model.stream(talk, max_tokens=12, stop=no))

    model, fresh = TransformersModel(str(tiny)), TransformersModel(str(tiny))
    model.load()
    system, other = Prompt("system", "One."), Prompt("system", "Another one.")
    answer(model, system, Prompt("user", "first"))
    warm = answer(model, system, Prompt("user", "second"))
    answer(model, other, Prompt("user", "third"))
    again = answer(model, system, Prompt("user", "second"))
    fresh.load()
    assert warm == again == answer(fresh, system, Prompt("user", "second"))


def test_missing_and_broken_weights_say_so(tmp_path: Path) -> None:
    with pytest.raises(Missing, match="no model at"):
        TransformersModel(str(tmp_path / "none.gguf")).load()
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(Unavailable, match="cannot be loaded"):
        TransformersModel(str(tmp_path)).load()
    with pytest.raises(Unavailable):
        next(TransformersModel(str(tmp_path)).stream(TALK, max_tokens=1, stop=no))


@pytest.mark.weights
@pytest.mark.timeout(900)  # fetches and converts half a gigabyte the first time
def test_the_real_model_answers_in_both_languages() -> None:
    model = TransformersModel("qwen05")
    model.load()
    for text in ("今天好累啊", "I'm so tired today"):
        assert "".join(model.stream([Prompt("user", text)], max_tokens=24, stop=no)).strip()


# ---- the worker


class _Pipe:
    """Both ends of the child's pipe, in one process."""

    def __init__(self) -> None:
        import multiprocessing

        self.host, self.child = multiprocessing.Pipe()


async def _until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not condition():  # noqa: ASYNC110 - state of another process
            await asyncio.sleep(0.01)


def _serve(monkeypatch: pytest.MonkeyPatch, model: Any) -> _Pipe:
    import threading

    pipe = _Pipe()
    monkeypatch.setattr("idol.plugins.load", lambda group, name: lambda **options: model)
    threading.Thread(
        target=lambda: _quiet(mind_module.main, pipe.child, "fake", {}), daemon=True
    ).start()
    return pipe


def _quiet(function: Callable[..., None], *args: Any) -> None:
    with contextlib.suppress(EOFError, OSError):
        function(*args)


class Talkative(FakeModel):
    """Its first answer ends only when it is stopped; the next ones are its text."""

    first = True

    def stream(
        self, prompts: Sequence[Prompt], *, max_tokens: int, stop: Callable[[], bool]
    ) -> Iterator[str]:
        if self.first:
            self.first = False
            while not stop():
                yield "and "
                time.sleep(0.001)
            return
        yield from super().stream(prompts, max_tokens=max_tokens, stop=stop)


def test_the_child_streams_cancels_and_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    pipe = _serve(monkeypatch, Talkative("a b"))
    assert pipe.host.recv() == mind_module.Ready("fake")
    pipe.host.send(mind_module.Ask(1, tuple(TALK), 50))
    assert pipe.host.recv() == mind_module.Piece(1, "and ")
    pipe.host.send(mind_module.Cancel(1))  # only this can end the first answer
    pipe.host.send(mind_module.Ask(2, tuple(TALK), 50))
    pieces: list[mind_module.Piece] = []
    while not (pieces and pieces[-1].id == 2 and pieces[-1].done):
        pieces.append(pipe.host.recv())
    assert mind_module.Piece(1, done=True) in pieces
    assert [p for p in pieces if p.id == 2] == [
        mind_module.Piece(2, "a "),
        mind_module.Piece(2, "b"),
        mind_module.Piece(2, done=True),
    ]
    pipe.host.close()


def test_the_child_reports_why_it_cannot_load(monkeypatch: pytest.MonkeyPatch) -> None:
    pipe = _serve(monkeypatch, FakeModel(error=Missing("run: idol weights")))
    assert pipe.host.recv() == mind_module.Failed("run: idol weights")
    pipe.host.close()


async def test_the_worker_loads_streams_and_survives_a_kill() -> None:
    """With a model that takes no time to load; the end-to-end show has one of transformers."""
    mind = Mind("idol.testing.brain:FakeModel", {"text": "word " * 100_000}, get_log("test"))
    with pytest.raises(Unavailable):
        await anext(aiter(mind.stream(TALK, 4)))
    await mind.start()
    try:
        await _until(lambda: mind.ready)
        assert await _all(mind, 6) == "word " * 6
        heard = 0
        with pytest.raises(Unavailable, match="died"):
            async for _ in mind.stream(TALK, 100_000):
                if not heard:
                    os.kill(mind.pid or 0, 9)
                heard += 1
        assert 0 < heard < 100_000
        await _until(lambda: not mind.ready)
        await _until(lambda: mind.ready)
    finally:
        await mind.close()


async def _all(mind: Mind, tokens: int) -> str:
    return "".join([piece async for piece in mind.stream(TALK, tokens)])


async def test_a_model_that_cannot_load_leaves_templates_in_charge(tmp_path: Path) -> None:
    mind = Mind("transformers", {"model": str(tmp_path / "none.gguf")}, get_log("test"))
    await mind.start()
    try:
        await _until(lambda: mind.state.startswith("failed"))
        assert not mind.ready and "none.gguf" in mind.state
    finally:
        await mind.close()
