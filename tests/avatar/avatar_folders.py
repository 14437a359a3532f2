"""Where the idol and the stage of these tests are."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
AIRA = ROOT / "assets" / "idols" / "aira"
STUDIO = ROOT / "assets" / "stages" / "studio"
KAI = ROOT / "assets" / "idols" / "kai"
STAGES = [ROOT / "assets" / "stages" / name for name in ("studio", "boutique", "autumn")]
