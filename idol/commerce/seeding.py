"""A show's products.csv brought into the ledger."""

from __future__ import annotations

import json
from datetime import timedelta

from idol.commerce import listing, lots, suppliers, supply
from idol.commerce.catalog import Catalog, label
from idol.commerce.states import LISTING
from idol.commerce.supply import Dates
from idol.store import Tx


def seed(tx: Tx, catalog: Catalog, now: float, dates: Dates) -> list[str]:
    """Bring a catalogue into the ledger; return the skus that were new.

    Titles, limits and prices follow the file. Stock is taken from it only for a new sku:
    afterwards the ledger knows better than the file does. What is no longer in the file is
    closed; what was kept back by hand stays so.
    """
    new: list[str] = []
    for row in tx.all("SELECT number FROM listings WHERE state = 'open' ORDER BY number"):
        if row["number"] not in catalog.listings:
            LISTING.move(tx, row["number"], "closed")
    _links(tx, catalog)
    if any(offer.presale for offer in catalog.supplies):
        suppliers.keep_own(tx, dates.calendar.rest)
    for offer in catalog.supplies:
        current = listing.priced(tx, offer.sku, now)
        known = tx.one("SELECT minor, was FROM prices WHERE kind = 'regular' AND id ="
                       " (SELECT max(id) FROM prices WHERE sku = :sku AND kind = 'regular')",
                       sku=offer.sku)  # fmt: skip
        was = offer.was.minor if offer.was else None
        if known is None or (known["minor"], known["was"]) != (offer.price.minor, was):
            listing.enter(
                tx, offer.sku, "regular", offer.price.minor, was, offer.price.currency, now
            )
        if current is None and not tx.one("SELECT 1 FROM supply WHERE sku = :s", s=offer.sku):
            new.append(offer.sku)
            supply.add(tx, offer.sku, "on_hand", offer.stock)
            if offer.presale:
                ready = dates.today(now) + timedelta(days=offer.presale_days)
                lots.plan(tx, offer.sku, offer.sku, suppliers.OWN, offer.presale, ready, now)
    return new


def _links(tx: Tx, catalog: Catalog) -> None:
    """Titles, limits and variants as the file has them."""
    for number, item in catalog.listings.items():
        values = {
            "number": number,
            "product": item.product.id,
            "title": json.dumps(item.product.title, ensure_ascii=False),
            "limit": item.limit,
        }
        tx.run(
            "INSERT INTO listings (number, product, title, per_viewer)"
            " VALUES (:number, :product, :title, :limit)"
            " ON CONFLICT (number) DO UPDATE SET product = excluded.product,"
            " title = excluded.title, per_viewer = excluded.per_viewer",
            **values,
        )
        if LISTING.now(tx, number) == "closed":
            LISTING.move(tx, number, "open")
        for position, variant in enumerate(item.product.variants):
            tx.run(
                "INSERT INTO variants (sku, listing, position, label)"
                " VALUES (:sku, :listing, :position, :label)"
                " ON CONFLICT (sku) DO UPDATE SET listing = excluded.listing,"
                " position = excluded.position, label = excluded.label",
                sku=variant.sku,
                listing=number,
                position=position,
                label=json.dumps(label(variant), ensure_ascii=False),
            )
