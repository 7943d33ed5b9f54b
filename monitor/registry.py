"""The sources that are watched: those that come with the program and the user's own."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import crawler.sources
from crawler.sources import crawlable, load
from monitor.settings import Settings, default_file
from storage.errors import BadSetting, NotKnown
from storage.values import Source

BUILT_IN = Path(crawler.sources.__file__).parent / "sources"


def own_folder(settings: Settings) -> Path:
    """The folder of the user's own sources, beside the settings file."""
    return (settings.file or default_file()).parent / "sources"


def registered(settings: Settings) -> tuple[Source, ...]:
    """All sources, those included that may not be crawled.

    raises  BadSource with every fault of every file; BadSetting where crawl.retired names a source that is none
    """
    own = own_folder(settings)
    folders = [*([BUILT_IN] if settings.crawl.builtin else []), *([own] if own.is_dir() else [])]
    return retire(load(each_once([*folders, *settings.crawl.sources])), settings.crawl.retired)


def retire(sources: tuple[Source, ...], ids: Sequence[str]) -> tuple[Source, ...]:
    """The sources, those of these ids retired; BadSetting for an id that none has."""
    strangers = set(ids) - {source.id for source in sources}
    if strangers:
        raise BadSetting(f"crawl.retired: no source {', '.join(sorted(strangers))}; `reportwatch sources` lists them")
    said = {"retired": "the settings say so"}
    return tuple(
        replace(source, options={**said, **source.options}) if source.id in ids else source for source in sources
    )


def each_once(places: Sequence[Path]) -> list[Path]:
    """The files and folders, each once by where it really lies; a file of a folder that is read anyway is left out."""
    by_place: dict[Path, Path] = {}
    for place in places:
        by_place.setdefault(place.resolve(), place)
    return [place for real, place in by_place.items() if real.is_dir() or real.parent not in by_place]


def chosen(sources: Sequence[Source], ids: Sequence[str]) -> list[Source]:
    """The sources of these ids, or all that may be crawled.

    raises  NotKnown for an id that no file has, or that may not be crawled
    """
    if not ids:
        return [source for source in sources if crawlable(source)]
    known = {source.id: source for source in sources}
    strangers = [name for name in ids if name not in known]
    if strangers:
        raise NotKnown(f"no source {', '.join(strangers)}; `reportwatch sources` lists them")
    for name in ids:
        if retired := known[name].options.get("retired"):
            raise NotKnown(f"{name} is retired: {retired}")
    barred = [name for name in ids if not crawlable(known[name])]
    if barred:
        raise NotKnown(f"{', '.join(barred)}: robots.txt forbids it, so it is not crawled")
    return [known[name] for name in dict.fromkeys(ids)]
