"""The lines and filters that the templates speak with, in one language. Pure."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from alerts.reasons import reason

HERE: Final = Path(__file__).parent
SHANGHAI: Final = ZoneInfo("Asia/Shanghai")
COUNTED: Final = ("new", "mixed", "revised", "dropped")


def at(facts: object, *path: str) -> Any:
    """What lies at a path of keys in nested objects; None where the path ends early."""
    for name in path:
        if not isinstance(facts, Mapping):
            return None
        facts = facts.get(name)
    return facts


@dataclass(frozen=True, slots=True)
class Words:
    """A language: its phrases, and sentences made of them."""

    phrases: Mapping[str, str]

    def headline(self, kind: str, subject: str, facts: Mapping[str, object]) -> str:
        """What happened, in a few words, without the mark of its kind."""
        if kind == "report.edited":
            return self.title(facts) + self.phrases["colon"] + self.edited(facts)
        if kind.startswith("report."):
            return self.title(facts) + self.phrases["colon"] + self.counted(facts)
        if kind.startswith("copy."):
            return self.title(facts)
        if kind.startswith("source."):
            return self.source(subject, facts)
        special = {
            "alert.dead": self.dead,
            "alert.digest": self.digest,
            "alert.test": self.test,
            "all.quiet": self.quiet,
            "place.late": self.late,
        }
        return special[kind](facts) if kind in special else subject

    def source(self, subject: str, facts: Mapping[str, object]) -> str:
        """A source, why it is as it is, and whether this is said again."""
        why, days = self.reason(at(facts, "why")), at(facts, "reminder")
        again = self.phrases["reminder"].format(days=days) if days else ""
        return f"{at(facts, 'name') or subject}{again}" + (f"{self.phrases['colon']}{why}" if why else "")

    def digest(self, facts: Mapping[str, object]) -> str:
        """How much a digest holds."""
        phrase = self.phrases.get(f"digest.{at(facts, 'every')}", self.phrases["digest.daily"])
        return phrase.format(total=at(facts, "total") or 0)

    def test(self, facts: Mapping[str, object]) -> str:
        """That this is a test, and of what."""
        recipient, channel = at(facts, "recipient") or "?", at(facts, "channel") or "?"
        return self.phrases["test"].format(recipient=recipient, channel=channel)

    def quiet(self, facts: Mapping[str, object]) -> str:
        """That nothing happened, and how many sources that rests on."""
        figures = {name: at(facts, name) or 0 for name in ("day", "sources", "working")}
        return self.phrases["quiet"].format(**figures)

    def late(self, facts: Mapping[str, object]) -> str:
        """How many reports of a group are out, and which place is late."""
        figures = {name: at(facts, name) or "?" for name in ("year", "out", "expected")}
        out = self.phrases["late_out"].format(group=at(facts, "group", "name") or "?", **figures)
        places = present(at(facts, "places"))
        return self.phrases["list"].join([out, *(self.late_place(place) for place in places)])

    def late_place(self, place: object) -> str:
        """By how much a place is late."""
        days = at(place, "days")
        phrase = self.phrases["late_place" if days else "late_peers"]
        return phrase.format(name=at(place, "name") or "?", days=days)

    def entry(self, entry: object) -> str:
        """The line of an event in a digest."""
        kind, facts = str(at(entry, "kind") or ""), at(entry, "facts")
        facts = facts if isinstance(facts, Mapping) else {}
        return self.phrases.get(kind, f"[{kind}] ") + self.headline(kind, str(at(entry, "subject") or ""), facts)

    def reason(self, why: object) -> str:
        """A reason in this language."""
        return reason(why, self.phrases["lang"].partition("-")[0], local)

    def title(self, facts: Mapping[str, object]) -> str:
        """The name of a report: its place and year."""
        place = at(facts, "place", "name") or at(facts, "place", "code") or self.phrases["unknown_place"]
        year = at(facts, "year") or self.phrases["unknown_year"]
        return self.phrases["report_title"].format(place=place, year=year)

    def dead(self, facts: Mapping[str, object]) -> str:
        """Whose alerts were given up."""
        recipient, channel = at(facts, "recipient") or "?", at(facts, "channel") or "?"
        return self.phrases["dead"].format(recipient=recipient, channel=channel)

    def counted(self, facts: Mapping[str, object]) -> str:
        """How many findings of each kind; or that there was nothing to compare with."""
        if not at(facts, "against"):
            return self.phrases["not_compared"]
        return self.phrases["counted"].format(**{kind: at(facts, "counts", kind) or 0 for kind in COUNTED})

    def edited(self, facts: Mapping[str, object]) -> str:
        """How many numbers were changed where."""
        where = at(facts, "edited", "source_name") or at(facts, "edited", "url") or "?"
        return self.phrases["edited"].format(count=at(facts, "changed") or "?", where=where)

    def lines(self, kind: str, facts: Mapping[str, object]) -> dict[str, object]:
        """The variables of the templates that are more than a fact."""
        copies = at(facts, "copies")
        against = at(facts, "against")
        return {
            "title": self.title(facts),
            "counted": self.counted(facts),
            "compared": self.phrases["compared"].format(year=at(against, "year"), report=at(against, "report"))
            if against
            else self.phrases["not_compared"],
            "dead": self.dead(facts),
            "headline": self.headline(kind, "", facts),
            "copies": self.phrases["copies_count"].format(count=copies) if copies is not None else "",
            "look": look(kind, facts),
            "note": self.phrases["test_body"] if kind == "alert.test" else "",
            "plain": [(name, str(value)) for name, value in facts.items() if isinstance(value, str | int | float)],
        }

    def filters(self) -> dict[str, Callable[..., object]]:
        """What templates may do with a value."""
        return {
            "entry": self.entry,
            "figure": figure,
            "fragments": fragments,
            "kind": self.named,
            "labelled": self.labelled,
            "local": local,
            "marked": marked,
            "moved": moved,
            "present": present,
            "late_place": self.late_place,
            "prior": self.prior,
            "reason": self.reason,
            "state": self.named,
            "tier": lambda tier: self.phrases.get(f"tier{tier}", ""),
            "web": web,
        }

    def named(self, name: object) -> str:
        """The word for a kind of finding or a state; itself where there is none."""
        return self.phrases.get(str(name), str(name)) if name else ""

    def labelled(self, value: object, label: str) -> str:
        """`label: value` and a line break; nothing where there is no value."""
        return f"{label}{self.phrases['colon']}{value}\n" if value else ""

    def prior(self, prior: object) -> str:
        """Where an earlier sentence stood, and how like it is."""
        return self.phrases["prior_of"].format(year=at(prior, "year") or "?", likeness=whole(at(prior, "likeness")))


def present(values: object) -> list[object]:
    """Those of the values that are known."""
    return [value for value in values if value] if isinstance(values, Iterable) else []


def fragments(values: object, text: object) -> list[object]:
    """The new fragments of a sentence; none where they are all of it, marks and spaces aside."""
    found = present(values)
    return found if letters("".join(map(str, found))) != letters(str(text or "")) else []


def letters(text: str) -> str:
    """The text without marks and spaces."""
    return "".join(filter(str.isalnum, text))


def marked(text: object, fragments: object) -> list[tuple[str, bool]]:
    """The text in pieces, each with whether it is one of the fragments; put together they are the text."""
    sentence, start = str(text or ""), 0
    pieces = []
    for fragment in map(str, present(fragments)):
        found = sentence.find(fragment, start)
        if found >= start:
            pieces += [(sentence[start:found], False), (fragment, True)]
            start = found + len(fragment)
    return [piece for piece in [*pieces, (sentence[start:], False)] if piece[0]]


def figure(value: object) -> str:
    """A novelty with two digits."""
    return f"{value:.2f}" if isinstance(value, int | float) else "?"


def whole(value: object) -> str:
    """A likeness without decimals."""
    return f"{value:.0f}" if isinstance(value, int | float) else "?"


def moved(target: object) -> str:
    """A target's old and new number with its unit: 5.5% → 5%左右."""
    unit, qualifier = at(target, "unit") or "", at(target, "qualifier") or ""
    return f"{at(target, 'old') or '?'}{unit} → {at(target, 'new') or '?'}{unit}{qualifier}"


def local(value: object) -> str:
    """An ISO time as people in China read it; itself where it is none."""
    try:
        time = datetime.fromisoformat(str(value or ""))
    except ValueError:
        return str(value or "")
    return f"{time.astimezone(SHANGHAI):%Y-%m-%d %H:%M} (UTC+8)" if time.tzinfo else str(value)


def web(url: object) -> bool:
    """May this be made a link? http and https only: a scraped address may be javascript:."""
    try:
        return urlsplit(str(url or "")).scheme in ("http", "https")
    except ValueError:
        return False


def look(kind: str, facts: Mapping[str, object]) -> str:
    """The command that shows all of it."""
    code, year = at(facts, "place", "code"), at(facts, "year")
    if kind == "report.edited" and at(facts, "edited", "url"):
        return f"reportwatch diff {at(facts, 'edited', 'url')} --versions"
    if kind.startswith("report.") and code and year and at(facts, "against"):
        return f"reportwatch diff {code} {year}"
    if kind.startswith("source.") and at(facts, "source"):
        return f"reportwatch sources check {at(facts, 'source')}"
    return ""
