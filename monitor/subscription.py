"""[[subscriptions]]: who wants to know what, and when. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import time
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from alerts.rhythm import AT_ONCE, DAILY, DAYS, WEEKLY, Rhythm
from alerts.words import at, present
from monitor.sections import Section
from storage.mutes import within

URGENCY = (AT_ONCE, DAILY, WEEKLY)


def _hours(text: str) -> str:
    found = re.fullmatch(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)", text)
    if not found or found[1] + found[2] == found[3] + found[4]:
        raise ValueError(f"{text!r}: quiet hours are written 22:00-07:00")
    return text


class Subscription(Section):
    """[[subscriptions]]: who wants to know what, and when. Empty means all, and at once."""

    channel: str
    recipients: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    kinds: tuple[Annotated[str, Field(pattern=r"^[a-z]+\.([a-z]+|\*)$")], ...] = ()
    words: tuple[Annotated[str, Field(min_length=1)], ...] = ()
    novelty: float = Field(default=0.0, ge=0, le=1)
    every: Literal["at-once", "daily", "weekly"] = "at-once"
    at: time = time(8)
    weekday: Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"] = "mon"
    quiet: Annotated[str, AfterValidator(_hours)] | None = None
    cap: int = Field(default=0, ge=0)

    def wants(self, kind: str, place: str | None, novelty: float, codes: Mapping[str, str]) -> bool:
        """Is this event one that was asked for? What concerns no place is not kept from anybody by place.

        codes  行政区划代码 of the places that are given by name
        """
        kinds = any(kind == wanted or (wanted.endswith(".*") and kind.startswith(wanted[:-1])) for wanted in self.kinds)
        places = place is None or any(place.startswith(within(codes[name])) for name in self.places)
        return (not self.kinds or kinds) and (not self.places or places) and novelty >= self.novelty

    def reads(self, kind: str, facts: Mapping[str, Any]) -> bool:
        """Do the words occur in what a report newly says? Events that are about no report are not kept by words."""
        if not self.words or not kind.startswith(("report.", "copy.")):
            return True
        said = list(texts(facts))
        return any(word in text for word in self.words for text in said)

    def is_for(self, channel: str, recipient: str) -> bool:
        """Is it this recipient's?"""
        return self.channel == channel and (not self.recipients or recipient in self.recipients)

    @property
    def rhythm(self) -> Rhythm:
        """When its events are told."""
        hours = tuple(time.fromisoformat(part) for part in self.quiet.split("-")) if self.quiet else ()
        quiet = (hours[0], hours[1]) if hours else None
        return Rhythm(self.every, self.at, DAYS.index(self.weekday), quiet, self.cap)


def most_urgent(subscriptions: Sequence[Subscription]) -> Rhythm | None:
    """Of several subscriptions that ask for one event, the rhythm of the most urgent; None where there is none."""
    ranked = sorted(subscriptions, key=lambda subscription: URGENCY.index(subscription.every))
    return ranked[0].rhythm if ranked else None


def texts(facts: Mapping[str, Any]) -> Iterator[str]:
    """What an event says of a report: its place, its new initiatives, revised targets, dropped commitments."""
    yield str(at(facts, "place", "name") or "")
    for name, field in (("initiatives", "text"), ("targets", "name"), ("dropped", "text")):
        for found in present(facts.get(name)):
            yield str(at(found, field) or "")
