"""Grants: what is signed is read back; what is altered, late or foreign is refused, with why."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from joserfc import jwt
from typer.testing import CliRunner

from idol.errors import BadInput, Missing, Refused
from idol.licensing import grant as grants
from idol.licensing import keys, policy
from idol.licensing.admission import Admission
from idol.licensing.cli import licence_app
from idol.licensing.keys import TrustStore
from idol.licensing.meter import Meter, read
from idol.licensing.policy import Allow, Deny, Grant

NOW = 1_800_000_000.0
GRANT = Grant(
    id="g1",
    brand="yunbu",
    products=("cloud-jacket",),
    since=NOW - 100,
    until=NOW + 100,
    idol="aira",
    max_airings=2,
    labels={"zh": "云步", "en": "CloudStep"},
)
KEY = keys.new("yunbu")
TRUST = TrustStore({KEY.id: KEY})
TOKEN = grants.sign(GRANT, KEY, NOW)


def refused(token: str, trust: TrustStore = TRUST, now: float = NOW) -> str:
    with pytest.raises(Refused) as error:
        grants.verify(token, trust, now)
    zh, _, en = str(error.value).partition(" / ")
    assert zh and en
    return error.value.code


def test_a_signed_grant_is_read_back_whole() -> None:
    assert grants.verify(TOKEN, TRUST, NOW) == GRANT


def test_an_altered_claim_breaks_the_signature() -> None:
    head, body, signature = TOKEN.split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=="))
    claims["products"] = ["everything"]
    forged = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    assert refused(f"{head}.{forged}.{signature}") == "signature"


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(TOKEN) - 1), st.sampled_from("Aa0_-.x!é "))
def test_no_altered_character_ever_grants_more(place: int, letter: str) -> None:
    altered = TOKEN[:place] + letter + TOKEN[place + 1 :]
    try:
        # The last characters of base64 hold unused bits: then it is the same grant.
        assert grants.verify(altered, TRUST, NOW) == GRANT
    except Refused as error:
        assert error.code in ("unreadable", "signature", "unknown_key")


def test_time_window() -> None:
    assert refused(TOKEN, now=NOW + 100) == "expired"
    assert refused(TOKEN, now=NOW - 101) == "not_yet"


def test_a_key_that_is_not_trusted() -> None:
    assert refused(TOKEN, TrustStore({})) == "unknown_key"


def test_another_brands_key_cannot_speak_for_this_brand() -> None:
    thief = keys.BrandKey("thief", keys.new("thief").key)
    claims = {"jti": "x", "iss": "yunbu", "nbf": 0, "exp": int(NOW) + 9, "products": ["a"]}
    header = {"alg": "Ed25519", "kid": thief.id}
    token = jwt.encode(header, claims, thief.key, algorithms=["Ed25519"])
    assert refused(token, TrustStore({thief.id: thief})) == "brand"
    with pytest.raises(BadInput, match="cannot sign for"):
        grants.sign(GRANT, thief, NOW)


@pytest.mark.parametrize("alg", ["none", "HS256", "EdDSA"])
def test_other_algorithms_are_refused(alg: str) -> None:
    head = base64.urlsafe_b64encode(json.dumps({"alg": alg, "kid": KEY.id}).encode()).decode()
    _, body, signature = TOKEN.split(".")
    assert refused(f"{head.rstrip('=')}.{body}.{signature}") in ("unreadable", "signature")


@pytest.mark.parametrize("claim", [{"products": []}, {"exp": "soon"}, {"only_on_sundays": True}])
def test_claims_that_we_do_not_understand_grant_nothing(claim: dict[str, object]) -> None:
    claims = {"jti": "x", "iss": "yunbu", "nbf": 0, "exp": int(NOW) + 9, "products": ["a"], **claim}
    token = jwt.encode({"alg": "Ed25519", "kid": KEY.id}, claims, KEY.key, algorithms=["Ed25519"])
    assert refused(token) == "unreadable"


@pytest.mark.parametrize("text", ["", "no", "a.b.c", "💥", "x" * 100_000])
def test_rubbish_is_unreadable(text: str) -> None:
    assert refused(text) == "unreadable"


def decide(grant: Grant = GRANT, now: float = NOW, **facts: object) -> str:
    asked = {"brand": "yunbu", "product": "cloud-jacket", "idol": "aira", **facts}
    decision = policy.decide(grant, asked.pop("brand"), asked.pop("product"), now, **asked)  # type: ignore[arg-type]
    if isinstance(decision, Deny):
        assert decision.reasons["zh"] and decision.reasons["en"] and "{" not in decision.reason
        return decision.clause
    return "allow"


def test_every_clause() -> None:
    assert decide() == "allow"
    assert decide(brand="") == decide(idol="") == "allow"
    assert decide(brand="other") == "brand"
    assert decide(idol="other") == "idol"
    assert decide(product="other") == decide(product="") == "product"
    assert decide(kind="flash") == "kind"
    assert decide(airings=1) == "allow"
    assert decide(airings=2) == "airings"
    assert decide(replace(GRANT, max_airings=0), airings=10**6) == "allow"


@given(st.floats(-1e3, 1e3), st.integers(0, 5))
def test_it_airs_only_inside_the_window_and_below_the_limit(offset: float, airings: int) -> None:
    inside = -100 <= offset < 100 and airings < 2
    assert (decide(now=NOW + offset, airings=airings) == "allow") is inside


def test_airings_are_counted_over_restarts_and_torn_lines(tmp_path: Path) -> None:
    audit, file = tmp_path / "audit.jsonl", tmp_path / "grant.jwt"
    file.write_text(TOKEN)

    def admit() -> object:
        return Admission(TRUST, Meter(audit), "aira").admit(
            file, segment="s", kind="sponsored", brand="", product="cloud-jacket", now=NOW
        )

    assert isinstance(admit(), Allow)
    with audit.open("a") as out:
        out.write('{"event": "air')
    assert isinstance(admit(), Allow)
    last = admit()
    assert isinstance(last, Deny) and last.clause == "airings"
    assert [r["event"] for r in read(audit)] == ["aired", "aired", "refused"]


def test_admission_never_raises(tmp_path: Path) -> None:
    door = Admission(TRUST, Meter(tmp_path / "a.jsonl"), "aira")

    def clause(file: Path) -> str:
        answer = door.admit(file, segment="s", kind="sponsored", brand="", product="p", now=NOW)
        assert isinstance(answer, Deny)
        return answer.clause

    assert clause(tmp_path / "none.jwt") == "missing"
    assert clause(tmp_path) == "missing"
    (tmp_path / "x.jwt").write_bytes(b"\xff\xfe")
    assert clause(tmp_path / "x.jwt") == "unreadable"
    (tmp_path / "y.jwt").write_text(TOKEN)
    assert clause(tmp_path / "y.jwt") == "product"


def test_keys_on_disk(tmp_path: Path) -> None:
    secret, public = tmp_path / "k.json", tmp_path / f"yunbu{keys.SUFFIX}"
    keys.write(KEY, secret, private=True)
    keys.write(KEY, public, private=False)
    assert secret.stat().st_mode & 0o777 == 0o600
    assert '"d"' not in public.read_text()
    assert len(TrustStore.load(tmp_path)) == 1
    assert keys.private_key(secret).id == KEY.id
    assert keys.private_key(None, {keys.ENVIRONMENT: secret.read_text()}).private
    with pytest.raises(BadInput, match="public key"):
        keys.private_key(public)
    with pytest.raises(BadInput, match="overwritten"):
        keys.write(KEY, secret, private=True)
    with pytest.raises(Missing, match="new-key"):
        keys.private_key(None, {})
    (tmp_path / f"bad{keys.SUFFIX}").write_text('{"brand": "x", "key": {"kty": "oct", "k": "a"}}')
    with pytest.raises(BadInput, match=r"bad\.pub\.json"):
        TrustStore.load(tmp_path)


def test_the_tool_signs_what_it_verifies(tmp_path: Path) -> None:
    run = CliRunner().invoke
    trust = ["--trust", str(tmp_path / "trust")]
    key, out = str(tmp_path / "key.json"), str(tmp_path / "grant.jwt")
    assert run(licence_app, ["new-key", "yunbu", key, *trust]).exit_code == 0
    what = ["--product", "p1", "--until", "2099-01-01", "--key", key, "--label-zh", "云步"]
    assert run(licence_app, ["sign", out, *what]).exit_code == 0
    good = run(licence_app, ["verify", out, "--product", "p1", *trust])
    assert good.exit_code == 0 and "云步" in good.output
    bad = run(licence_app, ["verify", out, "--product", "p2", *trust])
    assert bad.exit_code == 1 and "does not cover" in bad.output
    assert run(licence_app, ["sign", out, "--product", "p", "--until", "soon"]).exit_code == 1
