"""Answers one chat message: facts from the sheet, small talk from the model, all of it proved."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import AsyncIterator, Mapping
from typing import TypeVar

from idol.clock import Clock
from idol.dialogue import likely
from idol.dialogue.answers import SOCIAL, Answer, Question, answer
from idol.dialogue.attention import Topic
from idol.dialogue.banter import Banter, Mind, fit_for_model, prompts
from idol.dialogue.encoder import Encoder, Vectors
from idol.dialogue.guard import Guard
from idol.dialogue.knowledge import text_of
from idol.dialogue.language import detect
from idol.dialogue.listings import about, numbers_named
from idol.dialogue.names import address
from idol.dialogue.persona import Persona
from idol.dialogue.phrases import Phrases, joined
from idol.dialogue.router import FAQ, Router
from idol.dialogue.smalltalk import COMPANY, SmallTalk
from idol.errors import IdolError
from idol.model import ChatMessage, Language, Line, Listing, Product, Quote
from idol.ports import Ledger, Situation
from idol.telemetry import Log

TALK_S = 20.0
"""Who writes again so soon goes on with the talk: the model is told what they said to each other.
Each word of it costs time before her first one, so it is told nothing else of the show."""
VIEWERS = 2000
"""Of so many something is remembered."""
T = TypeVar("T")
_LEAD: Mapping[Language, str] = {"zh": "好呀，", "en": ""}
"""Stands for a viewer's name in what is rendered ahead; the Chinese voice speaks names apart."""


_WHOM = re.compile(r"孕|哺乳|婴儿|宝宝|小孩|过敏|宠物|猫|狗|pregnan|baby|allerg|\bdog|\bcat\b")
"""Those for whom an answer must be meant before it is given."""


class HostBrain:
    """`ports.Brain`. Scripted and factual lines need no model; the model, when its worker is
    ready, only answers small talk, and a scripted line stands in for it whenever it is slow,
    dead or not provable."""

    def __init__(
        self,
        encoder: Encoder,
        mind: Mind | None,
        ledger: Ledger,
        clock: Clock,
        log: Log,
        persona: Persona,
        seed: int,
    ) -> None:
        self._router = Router(encoder)
        self._banter = Banter(mind, clock, log)
        self._ledger, self._log, self._persona, self._clock = ledger, log, persona, clock
        self._phrases = Phrases(seed)
        self._talk = SmallTalk(self._router)
        self._company = Phrases(seed, self._talk.topics)
        self._asked: OrderedDict[str, int] = OrderedDict()  # viewer -> listing last asked about
        self._talks: OrderedDict[str, tuple[float, str, str]] = OrderedDict()
        """Viewer to when they last chatted, what they said and what she answered."""
        self._faq: dict[str, tuple[Vectors, list[int]]] = {}
        self._guard: Guard | None = None
        self._guarded: Mapping[int, Listing] | None = None

    def topic(self, message: ChatMessage) -> Topic:
        """What a message is about, for `Attention` to merge and order by."""
        named = numbers_named(message.text)
        return Topic(self._router.route(message.text).intent, named[0] if named else None)

    def fillers(self, language: Language) -> list[Line]:
        """Lines said word for word again and again, for the voice to render ahead."""
        texts = [*self._phrases.all("banter_lead", language), *self._phrases.openers(language)]
        known = {"host": text_of(self._persona.name, language)}
        for slot in ("banter", "absent", "offtopic", *sorted(SOCIAL)):
            texts += [_LEAD[language] + t for t in self._phrases.every(slot, language, known)]
        for topic in self._talk.topics:
            texts += [_LEAD[language] + text for text in self._company.all(topic, language)]
        return [Line(text, language, "fact") for text in texts]

    def likely(self, listing: Listing, language: Language) -> list[Line]:
        """Answers that a listing will probably need, for the voice to render ahead.

        Ledger placeholders stand in them, for the guard to fill. After a name, as on air, so
        that the voice cuts them into the same clauses.
        """
        number = listing.number
        texts = likely.answers(listing, self._quote(number), language, self._phrases)
        return [Line(_LEAD[language] + t, language, "fact", listing=number) for t in texts]

    async def reply(self, message: ChatMessage, situation: Situation) -> AsyncIterator[Line]:
        """Proved lines, the first one at once; none for mere noise."""
        language = detect(message.text, message.language)
        route = self._router.route(message.text)
        intent = route.intent
        if intent == "noise":
            return
        guard = self._guard_for(situation.listings)
        lead = address(message.viewer.name, language)
        if topic := self._talk.topic(message.text, route):
            line = self._company.line(topic, language, {}, lead=lead)
            if line is not None and not guard.prove(line).reasons:
                yield line
                return
        if intent in COMPANY:
            async for line in self._chat(intent, message, situation, language, guard, lead):
                yield line
            return
        known = {"host": text_of(self._persona.name, language) or situation.host_name}
        found = self._answer(message, situation, intent, language)
        if intent == "repeat":
            said = next((t for who, t in reversed(situation.heard) if who == "host"), "")
            found = Answer("repeat", {"last": said}, situation.current) if said else Answer("greet")
        for slot in (found.slot, "absent"):
            draft = self._phrases.line(
                slot, language, {**known, **found.known}, lead=lead, listing=found.listing
            )
            if draft is None:
                continue
            verdict = guard.prove(draft)
            if not verdict.reasons:
                yield verdict.line
                return
            self._log.warning("answer not proved", slot=slot, reasons=verdict.reasons)

    def _answer(
        self, message: ChatMessage, situation: Situation, intent: str, language: Language
    ) -> Answer:
        viewer = message.viewer.id
        number = about(message.text, situation.listings, situation.current, self._asked.get(viewer))
        listing = situation.listings.get(number) if number is not None else None
        if number is not None:
            _keep(self._asked, viewer, number)
        question = Question(
            text=message.text,
            language=language,
            intent=intent,
            listing=listing,
            quote=self._quote(number),
            listings=situation.listings,
            faq=self._own_answer(message.text, listing.product, language) if listing else "",
        )
        return answer(question)

    async def _chat(
        self,
        intent: str,
        message: ChatMessage,
        situation: Situation,
        language: Language,
        guard: Guard,
        lead: str,
    ) -> AsyncIterator[Line]:
        said = False
        # The model is for company, not for facts about the world, which it would make up.
        if intent == "banter" and self._banter.ready and fit_for_model(message.text):
            # Said word for word from the cache, while the model thinks of the rest.
            filler = self._phrases.line("banter_lead", language, {})
            if filler is not None:
                yield filler
            conversation = prompts(
                self._persona.opening(language), self._talked(message.viewer.id), message.text
            )
            async for line in self._banter.lines(conversation, language, guard):
                if not said:
                    self._remember(message, line.text)
                    line = Line(joined(lead, line.text, language), language, "model", line.emotion)
                said = True
                yield line
        if not said:
            scripted = self._phrases.line(intent, language, {}, lead=lead)
            if scripted is not None:
                yield scripted

    def _talked(self, viewer: str) -> list[tuple[str, str]]:
        """The last exchange with a viewer, if they still talk."""
        at, asked, said = self._talks.get(viewer, (-TALK_S, "", ""))
        if self._clock.monotonic() - at >= TALK_S:
            return []
        return [("viewer", asked), ("host", said)]

    def _remember(self, message: ChatMessage, said: str) -> None:
        _keep(self._talks, message.viewer.id, (self._clock.monotonic(), message.text, said))

    def _own_answer(self, text: str, product: Product, language: Language) -> str:
        """The product's own answer, if one of its own questions was asked."""
        if product.id not in self._faq:
            asks = [(ask, i) for i, entry in enumerate(product.faq) for ask in entry.ask]
            vectors = self._router.encode([ask for ask, _ in asks])
            self._faq[product.id] = vectors, [i for _, i in asks]
        vectors, owners = self._faq[product.id]
        at, score = self._router.nearest(text, vectors)
        if score < FAQ:
            return ""
        entry = product.faq[owners[at]]
        whom = _WHOM.findall(text.lower())
        if any(word not in " ".join((*entry.ask, *entry.say.values())).lower() for word in whom):
            return ""  # what holds for men and women says nothing of the pregnant
        return text_of(entry.say, language)

    def _quote(self, number: int | None) -> Quote | None:
        if number is None:
            return None
        try:
            return self._ledger.quote(number)
        except IdolError as error:
            self._log.warning("no quote", listing=number, why=str(error))
            return None

    def _guard_for(self, listings: Mapping[int, Listing]) -> Guard:
        if self._guard is None or self._guarded is not listings:
            self._guard = Guard(listings, self._ledger, self._persona)
            self._guarded = listings
        return self._guard


def _keep(table: OrderedDict[str, T], viewer: str, value: T) -> None:
    """Remember something of a viewer; of those who were longest silent nothing is kept."""
    table[viewer] = value
    table.move_to_end(viewer)
    if len(table) > VIEWERS:
        table.popitem(last=False)
