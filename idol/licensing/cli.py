"""`idol licence new-key | sign | verify`: what a brand and an operator do by hand."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from idol.errors import BadInput, IdolError
from idol.licensing import grant as grants
from idol.licensing import keys, policy
from idol.licensing.policy import Grant
from idol.model import Language

licence_app = typer.Typer(
    help="品牌授权：生成密钥、签发、验证。Licences of sponsored segments: keys, signing, checking.",
    no_args_is_help=True,
)

KeyFile = Annotated[Path | None, typer.Option("--key", help="private key file")]
Trust = Annotated[Path, typer.Option("--trust", help="folder of trusted *.pub.json")]


@licence_app.command("new-key")
def new_key(
    brand: Annotated[str, typer.Argument(help="the brand's id")],
    private: Annotated[Path, typer.Argument(help="where to put the private key, outside any repo")],
    trust: Trust = Path("assets/licences"),
) -> None:
    """Make a brand's key pair: a private key to keep, a public one to trust."""
    with _told():
        key = keys.new(brand)
        keys.write(key, private, private=True)
        public = trust / f"{brand}{keys.SUFFIX}"
        keys.write(key, public, private=False)
        _say(f"private key {private} (keep it secret)\npublic key  {public}\nkey id      {key.id}")


@licence_app.command("sign")
def sign(
    out: Annotated[Path, typer.Argument(help="the grant to write, e.g. grant.jwt")],
    product: Annotated[list[str], typer.Option("--product", help="product id; may be repeated")],
    until: Annotated[str, typer.Option(help="last day, e.g. 2027-12-31 (UTC)")],
    since: Annotated[str, typer.Option(help="first day; empty for today")] = "",
    idol: Annotated[str, typer.Option(help="the only host who may present it")] = "",
    kind: Annotated[list[str] | None, typer.Option(help="segment kinds; may be repeated")] = None,
    max_airings: Annotated[int, typer.Option(help="0 for any number")] = 0,
    label_zh: Annotated[str, typer.Option(help="the brand's name in Chinese")] = "",
    label_en: Annotated[str, typer.Option(help="the brand's name in English")] = "",
    key: KeyFile = None,
) -> None:
    """Sign a grant with a brand's private key (a file, or IDOL_LICENCE_KEY)."""
    with _told():
        signer = keys.private_key(key)
        now = time.time()
        labels: dict[Language, str] = {}
        if label_zh:
            labels["zh"] = label_zh
        if label_en:
            labels["en"] = label_en
        grant = Grant(
            id=f"{signer.brand}-{secrets.token_hex(6)}",
            brand=signer.brand,
            products=tuple(product),
            since=_day(since, "since") if since else now,
            until=_day(until, "until") + 86_400,
            idol=idol,
            kinds=tuple(kind or ["sponsored"]),
            max_airings=max_airings,
            labels=labels,
        )
        out.write_text(grants.sign(grant, signer, now) + "\n", "ascii")
        _say(f"{out}\n{_describe(grant)}")


@licence_app.command("verify")
def verify(
    file: Annotated[Path, typer.Argument(help="grant.jwt")],
    product: Annotated[str, typer.Option(help="also ask whether this product may air")] = "",
    brand: Annotated[str, typer.Option(help="also ask for this brand")] = "",
    idol: Annotated[str, typer.Option(help="also ask for this host")] = "",
    kind: Annotated[str, typer.Option(help="segment kind")] = "sponsored",
    trust: Trust = Path("assets/licences"),
) -> None:
    """Check a grant's signature and time, and optionally whether something may air now."""
    with _told():
        try:
            token = file.read_text("ascii")
        except (OSError, UnicodeDecodeError):
            raise BadInput("not a grant that can be read", where=str(file)) from None
        now = time.time()
        grant = grants.verify(token, keys.TrustStore.load(trust), now)
        wanted = product or grant.products[0]
        decision = policy.decide(grant, brand, wanted, now, idol=idol, kind=kind)
        if isinstance(decision, policy.Deny):
            raise grants.NotGranted(decision)
        _say(f"有效 / valid\n{_describe(grant)}")


def _describe(grant: Grant) -> str:
    def day(at: float) -> str:
        return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M}"

    rows = {
        "id": grant.id,
        "brand": grant.brand,
        "idol": grant.idol or "*",
        "products": ", ".join(grant.products),
        "kinds": ", ".join(grant.kinds),
        "window": f"{day(grant.since)} to {day(grant.until)} UTC",
        "airings": str(grant.max_airings or "*"),
        "labels": " / ".join(grant.labels.values()) or grant.brand,
    }
    return "\n".join(f"  {name:<9}{value}" for name, value in rows.items())


def _day(text: str, field: str) -> float:
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC).timestamp()
    except ValueError:
        raise BadInput(f"{text!r} is not a day such as 2027-12-31", where=field) from None


def _say(text: str) -> None:
    Console(highlight=False, soft_wrap=True).print(text, markup=False)


@contextmanager
def _told() -> Iterator[None]:
    """Turns an error of ours into one clear line and exit status 1."""
    try:
        yield
    except IdolError as error:
        Console(stderr=True, highlight=False, soft_wrap=True).print(str(error), markup=False)
        raise typer.Exit(1) from error
