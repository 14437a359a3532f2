# ruff: noqa: E501 - a page reads best with its markup on one line
"""The report as one HTML file that needs nothing else: figures, SVG plots, tables. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC, datetime
from html import escape

from idol.commerce import money
from idol.commerce.analysis import Analysis, Table
from idol.model import Language, Money

MONEY = frozenset(
    ("gmv", "refunded", "gpm", "uv_value", "on_air", "last_explained", "five_minutes")
)
RATES = frozenset(("click_rate", "conversion"))
_ROWS = 200
_TEXT: dict[str, tuple[str, str]] = {
    "title": ("直播带货报告", "What the show sold"),
    "minutes": ("每分钟", "Minute by minute"),
    "segments": ("各环节", "By segment"),
    "listings": ("各商品", "By product"),
    "lines": ("每句话", "By line spoken"),
    "sales": ("每笔成交", "Every sale, traced"),
    "bots": ("已剔除的机器人", "Left out as bots"),
    "funnel": ("转化漏斗", "From seen to paid"),
    "models": ("哪句话卖得好：两种归因并列", "What sold: two models side by side"),
    "models_note": (
        "“最后讲解”把成交归给下单前最后一句讲到该商品的话；“五分钟窗口”由下单前五分钟内讲到它的每句话平分。没有哪一种是真相。",
        "“Last explained” gives a sale to the last line about its product before the hold; “five minutes” shares it among all lines about it in the five minutes before. Neither is the truth.",
    ),
    "nothing": ("还没有成交。", "Nothing has been sold yet."),
    "minute": ("分钟", "minute"), "at": ("时间", "time"), "segment": ("环节", "segment"),
    "listing": ("链接", "link"), "line": ("台词", "line"), "text": ("内容", "words"),
    "viewers": ("观众", "viewers"), "impressions": ("曝光", "impressions"), "clicks": ("点击", "clicks"),
    "holds": ("锁单", "holds"), "orders": ("成交单", "orders paid"), "buyers": ("买家", "buyers"),
    "pieces": ("件数", "pieces"), "gmv": ("成交额", "GMV"), "refunded": ("退款", "refunded"),
    "gpm": ("千次曝光成交", "GPM"), "uv_value": ("UV 价值", "UV value"), "click_rate": ("点击率", "click rate"),
    "conversion": ("转化率", "conversion"), "interested": ("意向人数", "interested"), "lines_n": ("句数", "lines"),
    "times": ("讲了几次", "times said"), "heard_by": ("听到人次", "heard by"), "on_air": ("讲时成交", "on air"),
    "last_explained": ("最后讲解", "last explained"), "five_minutes": ("五分钟窗口", "five minutes"),
    "viewer": ("观众", "viewer"), "source": ("来源", "by"), "message": ("弹幕号", "message"),
    "words": ("弹幕", "chat"), "utterance": ("语句号", "utterance"), "sku": ("SKU", "sku"),
    "quantity": ("数量", "quantity"), "hold": ("锁单号", "hold"), "held_at": ("锁单时间", "held at"),
    "order": ("订单", "order"), "number": ("订单号", "number"), "state": ("状态", "state"),
    "paid_at": ("付款时间", "paid at"), "reason": ("原因", "reason"),
}  # fmt: skip
_STYLE = """
:root{--ink:#1c1b22;--soft:#6b6875;--line:#e6e3ec;--paper:#fbfafd;--card:#fff;--a:#7a5cff;--b:#ff7ab2;--c:#2fb7a3}
@media(prefers-color-scheme:dark){:root{--ink:#f1eff7;--soft:#a5a1b3;--line:#35323f;--paper:#17151d;--card:#211e29}}
*{box-sizing:border-box}body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,"PingFang SC","Noto Sans CJK SC","Microsoft YaHei",sans-serif}
main{max-width:1120px;margin:0 auto;padding:32px 20px 80px}h1{font-size:28px;margin:0 0 4px}h2{font-size:19px;margin:40px 0 12px}
p{color:var(--soft);margin:0 0 12px}.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(128px,1fr));gap:12px;margin-top:20px}
.tile,.plot{background:var(--card);border:1px solid var(--line);border-radius:14px;padding:14px 16px}.tile b{display:block;font-size:22px;font-variant-numeric:tabular-nums}.tile span{color:var(--soft);font-size:13px}
.plot svg{width:100%;height:auto;display:block}.wide{overflow-x:auto;background:var(--card);border:1px solid var(--line);border-radius:14px}
table{border-collapse:collapse;width:100%;font-size:13px}th,td{padding:7px 10px;text-align:left;border-bottom:1px solid var(--line);white-space:nowrap}td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}td.t{white-space:normal;min-width:220px}th{color:var(--soft);font-weight:600}tr:last-child td{border:0}
svg text{fill:var(--soft);font-size:12px}svg .ink{fill:var(--ink)}.a{fill:var(--a)}.b{fill:var(--b)}.v{fill:none;stroke:var(--c);stroke-width:2}.grid{stroke:var(--line)}
"""


def page(analysis: Analysis, title: str, language: Language) -> str:
    """The whole document. Every text from outside is escaped."""
    totals, tables = analysis.totals, analysis.tables
    tiles = "".join(
        f'<div class="tile"><b>{_show(name, value, analysis.currency, language)}</b><span>{_t(name, language)}</span></div>'
        for name, value in totals.items()
    )
    parts = [
        f"<h1>{escape(title)}</h1><p>{_t('title', language)}</p>",
        f'<div class="tiles">{tiles}</div>',
    ]
    if tables.get("minutes"):
        parts.append(
            _plot("minutes", _minute_plot(tables["minutes"], analysis.currency, language), language)
        )
    parts.append(_plot("funnel", _funnel_plot(totals, language), language))
    if totals.get("gmv"):
        parts.append(
            _plot(
                "models",
                _model_plot(tables["lines"], analysis.currency, language),
                language,
                "models_note",
            )
        )
    else:
        parts.append(f"<p>{_t('nothing', language)}</p>")
    for name in ("segments", "listings", "lines", "minutes", "sales", "bots"):
        if tables.get(name):
            parts.append(
                f"<h2>{_t(name, language)}</h2>{_table(tables[name], analysis.currency, language)}"
            )
    lang = "zh-CN" if language == "zh" else "en"
    return (
        f'<!doctype html><html lang="{lang}"><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style><main>{''.join(parts)}</main></html>\n"
    )


def _plot(name: str, svg: str, language: Language, note: str = "") -> str:
    text = f"<p>{_t(note, language)}</p>" if note else ""
    return f'<h2>{_t(name, language)}</h2>{text}<div class="plot">{svg}</div>'


def _minute_plot(rows: Table, currency: str, language: Language) -> str:
    """Bars of money and a line of viewers over the minutes, each on its own scale."""
    width, height, left, base = 1000, 260, 70, 220
    first, last = _int(rows[0]["minute"]), _int(rows[-1]["minute"])
    span = max(1, last - first + 1)
    most = max(1, *(_int(row["gmv"]) for row in rows))
    crowd = max(1, *(_int(row["viewers"]) for row in rows))
    step = (width - left - 60) / span
    bars, points = [], []
    for row in rows:
        x = left + (_int(row["minute"]) - first) * step
        tall = 190 * _int(row["gmv"]) / most
        hint = f"{_int(row['minute'])}: {_show('gmv', row['gmv'], currency, language)}, {row['viewers']} {_t('viewers', language)}"
        bars.append(
            f'<rect class="a" x="{x + step * 0.1:.1f}" y="{base - tall:.1f}" width="{max(1.0, step * 0.8):.1f}" height="{tall:.1f}" rx="2"><title>{escape(hint)}</title></rect>'
        )
        points.append(f"{x + step / 2:.1f},{base - 190 * _int(row['viewers']) / crowd:.1f}")
    axis = f'<line class="grid" x1="{left}" y1="{base}" x2="{width - 60}" y2="{base}"/><text x="{left - 8}" y="36" text-anchor="end">{_show("gmv", most, currency, language)}</text><text x="{width - 52}" y="36">{crowd}</text><text x="{left}" y="{base + 20}">{first}</text><text x="{width - 60}" y="{base + 20}" text-anchor="end">{last} ({_t("minute", language)})</text>'
    key = f'<rect class="a" x="{left}" y="4" width="12" height="12" rx="2"/><text x="{left + 18}" y="14">{_t("gmv", language)}</text><line class="v" x1="{left + 110}" y1="10" x2="{left + 130}" y2="10"/><text x="{left + 136}" y="14">{_t("viewers", language)}</text>'
    return f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="{_t("minutes", language)}">{axis}{key}{"".join(bars)}<polyline class="v" points="{" ".join(points)}"/></svg>'


def _funnel_plot(totals: dict[str, int], language: Language) -> str:
    """Bars by the logarithm, as a funnel spans several powers of ten; the figures are beside."""
    names = ("impressions", "clicks", "holds", "orders")
    most = math.log1p(max(1, *(totals.get(n, 0) for n in names)))
    rows = []
    for i, name in enumerate(names):
        n, y = totals.get(name, 0), 10 + i * 40
        wide = 760 * math.log1p(n) / most
        rows.append(
            f'<text x="110" y="{y + 19}" text-anchor="end">{_t(name, language)}</text><rect class="{"b" if name == "orders" else "a"}" x="120" y="{y}" width="{wide:.1f}" height="28" rx="6"/><text class="ink" x="{130 + wide:.1f}" y="{y + 19}">{n:,}</text>'
        )
    return f'<svg viewBox="0 0 1000 180" role="img" aria-label="{_t("funnel", language)}">{"".join(rows)}</svg>'


def _model_plot(lines: Table, currency: str, language: Language) -> str:
    """The lines that sold most by either model, both bars for each."""

    def weight(row: dict[str, object]) -> int:
        return _int(row["last_explained"]) + _int(row["five_minutes"])

    best = sorted((row for row in lines if weight(row)), key=weight, reverse=True)[:12]
    most = max(1, *(max(_int(row["last_explained"]), _int(row["five_minutes"])) for row in best))
    out = [
        f'<rect class="a" x="360" y="4" width="12" height="12" rx="2"/><text x="378" y="14">{_t("last_explained", language)}</text><rect class="b" x="500" y="4" width="12" height="12" rx="2"/><text x="518" y="14">{_t("five_minutes", language)}</text>'
    ]
    for i, row in enumerate(best):
        y = 30 + i * 46
        words = str(row["text"]) or "—"
        short = (
            words
            if len(words) <= (22 if language == "zh" else 44)
            else words[: 21 if language == "zh" else 43] + "…"
        )
        out.append(
            f'<text class="ink" x="350" y="{y + 14}" text-anchor="end"><title>{escape(words)}</title>{escape(short)}</text><text x="350" y="{y + 30}" text-anchor="end">{escape(str(row["line"]))}</text>'
        )
        for name, style, dy in (("last_explained", "a", 0), ("five_minutes", "b", 18)):
            amount = _int(row[name])
            wide = 500 * amount / most
            out.append(
                f'<rect class="{style}" x="360" y="{y + dy}" width="{wide:.1f}" height="15" rx="4"/><text x="{368 + wide:.1f}" y="{y + dy + 12}">{_show(name, amount, currency, language)}</text>'
            )
    return f'<svg viewBox="0 0 1000 {40 + 46 * len(best)}" role="img" aria-label="{_t("models", language)}">{"".join(out)}</svg>'


def _table(rows: Table, currency: str, language: Language) -> str:
    names = list(rows[0])
    head = "".join(
        f"<th{_css(n, rows)}>{_t(n if n != 'lines' else 'lines_n', language)}</th>" for n in names
    )
    body = "".join(
        "<tr>"
        + "".join(f"<td{_css(n, rows)}>{_show(n, row[n], currency, language)}</td>" for n in names)
        + "</tr>"
        for row in rows[:_ROWS]
    )
    more = f"<p>+ {len(rows) - _ROWS}</p>" if len(rows) > _ROWS else ""
    return f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>{more}'


def _css(name: str, rows: Sequence[dict[str, object]]) -> str:
    if name in ("text", "words"):
        return ' class="t"'
    return ' class="n"' if isinstance(rows[0][name], int | float) else ""


def _show(name: str, value: object, currency: str, language: Language) -> str:
    if name in MONEY and isinstance(value, int):
        return escape(money.show(Money(value, currency), language))
    if name in RATES and isinstance(value, int):
        return f"{value // 100}.{value % 100:02d}%"
    if name in ("at", "held_at", "paid_at") and isinstance(value, int | float):
        return f"{datetime.fromtimestamp(value, UTC):%Y-%m-%d %H:%M:%S}Z"
    return escape(
        f"{value:,}" if type(value) is int and name not in ("listing", "minute") else str(value)
    )


def word(name: str, language: Language) -> str:
    """What a figure, column or table is called."""
    return _TEXT.get(name, (name, name))[0 if language == "zh" else 1]


def _t(name: str, language: Language) -> str:
    return escape(word(name, language))


def _int(value: object) -> int:
    return value if isinstance(value, int) else 0
