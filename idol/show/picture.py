"""Everything around her in the picture, and the same on the pages: cards, labels, thanks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Protocol

from idol.clock import Clock
from idol.licensing.policy import Grant
from idol.model import AI_LABEL, Activity, Cue, CueFired, Listing, Quote, Scene
from idol.ports import Audience
from idol.show import views
from idol.show.script import Show
from idol.telemetry import TaskSet

THANKS_S = 5.0
"""How long a buyer is celebrated."""


class Screen(Protocol):
    """What the picture needs of `show.studio.Studio`."""

    def scene(self, scene: Scene) -> None: ...

    def cue(self, cue: Cue) -> None: ...


class Quotes(Protocol):
    def quote(self, listing: int) -> Quote: ...


class Picture:
    """Owns the scene. Nothing here waits; what is drawn when is the studio's affair."""

    def __init__(
        self,
        show: Show,
        listings: Mapping[int, Listing],
        quotes: Quotes,
        screen: Screen,
        audience: Audience,
        clock: Clock,
        tasks: TaskSet,
    ) -> None:
        self._show, self._listings, self._quotes = show, listings, quotes
        self._screen, self._audience, self._clock, self._tasks = screen, audience, clock, tasks
        self._scene = Scene(
            language=show.language,
            ai_label=AI_LABEL[show.language],
            theme=show.theme,
            light=show.light,
        )
        self._sponsored = ""
        """Product of the sponsored segment on air."""
        self._doing: Activity = "idle"
        self._unpaid: set[str] = set()
        """Holds and orders whose buyers are about to pay."""
        self.card: int | None = None
        """Listing number of the card on show, as the studio reported it."""

    def refresh(self) -> None:
        """Prices or stock changed: draw the cards from the ledger again."""
        sponsor = self._scene.sponsor_label
        self._set(
            cards=tuple(
                views.card(
                    item,
                    self._quotes.quote(number),
                    self._show.language,
                    sponsor if item.product.id == self._sponsored else "",
                )
                for number, item in self._listings.items()
            )
        )

    def sponsor(self, grant: Grant | None, product: str = "") -> None:
        """Wear a sponsor's label, or take it off."""
        if grant is None and not self._sponsored:
            return
        self._sponsored = product if grant else ""
        self._set(sponsor_label=grant.label(self._show.language) if grant else "")
        self.refresh()
        text = {"zh": grant.label("zh"), "en": grant.label("en")} if grant else None
        self._audience.broadcast({"type": "sponsor", "text": text})

    def celebrate(self, name: str) -> None:
        """Thank a buyer in the picture for a few seconds."""
        self._set(thanks=name, activity="celebrating")

        async def end() -> None:
            await self._clock.sleep(THANKS_S)
            if self._scene.thanks == name:
                self._set(thanks="", activity=self._at_rest(self._doing))

        self._tasks.start(end(), "celebrate")

    def activity(self, activity: Activity) -> None:
        """How she holds herself; a celebration is not broken off."""
        self._doing = activity
        if not self._scene.thanks:
            self._set(activity=self._at_rest(activity))

    def awaits(self, purchase: str, pending: bool) -> None:
        """Somebody is about to pay, or has paid or given up: between words she waits for it."""
        (self._unpaid.add if pending else self._unpaid.discard)(purchase)
        self.activity(self._doing)

    def _at_rest(self, activity: Activity) -> Activity:
        """While somebody is paying she looks forward to it whenever she does nothing else."""
        return "waiting" if self._unpaid and activity in ("idle", "listening") else activity

    def show_card(self, listing: int | None) -> None:
        """Show a card now, outside the script; None takes it away."""
        if listing is None:
            self._screen.cue(Cue("hide_card", 0))
            return
        self._screen.cue(Cue("card", 0, str(listing)))
        # Nobody is going to reveal its price: it is shown as it is.
        self._screen.cue(Cue("price", 0, str(listing)))

    def cue_fired(self, fired: CueFired) -> None:
        """A cue is in the picture: the pages follow at the same media time."""
        number = int(fired.cue.value) if fired.cue.value.isdigit() else None
        match fired.cue.kind:
            case "card" | "hide_card":
                self.card = number if fired.cue.kind == "card" else None
                self._tell({"type": "card", "listing": self.card, "pts": fired.pts})
            case "price":
                self._tell({"type": "price", "listing": number, "pts": fired.pts})

    def _tell(self, event: Mapping[str, Any]) -> None:
        self._audience.broadcast(event)

    def _set(self, **changes: Any) -> None:
        scene = replace(self._scene, **changes)
        if scene != self._scene:
            self._scene = scene
            self._screen.scene(scene)
