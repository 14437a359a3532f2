"""`idol check`: everything that can be known to be wrong with a show before it airs."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import cv2
import numpy as np

from idol.commerce import catalog as catalogs
from idol.commerce import money
from idol.dialogue import persona as personas
from idol.dialogue.guard import Guard
from idol.dialogue.persona import Persona
from idol.errors import BadInput, Refused
from idol.model import Listing, Quote, VariantQuote
from idol.show import script
from idol.show.script import Show

LEAST_PICTURE = 600
"""Pixels of the longer side under which a product looks soft in the picture."""


def inspect(folder: Path) -> list[BadInput]:
    """Every mistake of the folder: script, products, pictures, and each line's proof."""
    mistakes = script.check(folder)
    if mistakes:
        return mistakes
    show = script.load(folder)
    catalog, mistakes = catalogs.read(show.csv, show.products, show.currency)
    mistakes += pictures(show)
    try:
        persona = personas.from_show(show.host, show.persona)
    except BadInput as error:
        return [*mistakes, error]
    if catalog is not None:
        mistakes += unproved(show, catalog, persona)
    return mistakes


def pictures(show: Show) -> list[BadInput]:
    """Pictures that cannot be read, have no alpha, or are too small."""
    mistakes: list[BadInput] = []
    for product in show.products.values():
        if not product.picture:
            continue
        file = Path(product.picture)
        data = np.frombuffer(file.read_bytes(), np.uint8)
        image = cv2.imdecode(data, cv2.IMREAD_UNCHANGED) if len(data) else None
        where = f"pictures/{file.name}"
        if image is None:
            mistakes.append(BadInput("not a picture that can be read", where=where))
        elif image.ndim != 3 or image.shape[2] != 4:
            mistakes.append(BadInput("has no transparent background (alpha)", where=where))
        elif max(image.shape[:2]) < LEAST_PICTURE:
            size = f"{image.shape[1]}x{image.shape[0]}"
            mistakes.append(
                BadInput(f"is {size}; one side needs {LEAST_PICTURE} pixels", where=where)
            )
    return mistakes


def unproved(show: Show, catalog: catalogs.Catalog, persona: Persona) -> list[BadInput]:
    """Lines that the guard would not let her say on the opening numbers."""
    mistakes: list[BadInput] = []
    for segment in show.segments:
        listing = catalog.listing_of(segment.product) if segment.product else None
        if segment.product and listing is None:
            mistakes.append(
                BadInput(f"{segment.product!r} has no row in {show.csv.name}", where=segment.id)
            )
            continue
        flash = {listing.number: segment.price} if listing else {}
        guard = Guard(catalog.listings, Opening(catalog, flash), persona)
        for line in segment.lines:
            verdict = guard.prove(line.line(listing.number if listing else None))
            mistakes += [BadInput(reason, where=line.where) for reason in verdict.reasons]
    return mistakes


class Opening:
    """A ledger that holds what the catalogue opens with, and flash prices by listing."""

    def __init__(self, catalog: catalogs.Catalog, flash: dict[int, str] | None = None) -> None:
        self._catalog = catalog
        self._flash = dict(flash or {})

    async def open_flash(self, listing: int, price: str, seconds: float) -> None:
        self._flash[listing] = price

    async def close_flash(self, listing: int) -> None:
        self._flash.pop(listing, None)

    def quote(self, listing: int) -> Quote:
        if listing not in self._catalog.listings:
            raise Refused("unknown_listing", str(listing))
        item: Listing = self._catalog.listings[listing]
        skus = {variant.sku for variant in item.product.variants}
        return Quote(
            listing,
            tuple(
                self._variant(offer, self._flash.get(listing, ""))
                for offer in self._catalog.supplies
                if offer.sku in skus
            ),
        )

    def _variant(self, offer: catalogs.Offer, flash: str) -> VariantQuote:
        price, was = offer.price, offer.was
        if flash:
            price, was = money.parse(flash, self._catalog.currency), offer.was or offer.price
        ships = date.today() + timedelta(days=max(1, offer.presale_days))
        return VariantQuote(offer.sku, price, was, offer.stock, offer.presale, ships)
