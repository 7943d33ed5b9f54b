"""The sources that are watched: those that come with the program and the user's own."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path

import crawler.sources
from crawler.sources import crawlable, load
from monitor.settings import Settings, default_file
from storage.errors import BadSetting, BadSource, NotKnown
from storage.values import Source

NO_PLACE = "no such place; give its 行政区划代码, or tell one that GB/T 2260 has not in the settings as [[places]]"
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
    found = load(each_once([*folders, *settings.crawl.sources]))
    require_places(found, {place.code for place in settings.places})
    return retire(found, settings.crawl.retired)


def require_places(sources: Sequence[Source], own: Collection[str]) -> None:
    """BadSource, with every fault, for sources of places that neither GB/T 2260 nor the settings (`own`) have."""
    from monitor.places import find

    strangers = [source for source in sources if source.place and source.place not in own and not find(source.place)]
    if strangers:
        raise BadSource([f"{where(source)}: place: {source.place}: {NO_PLACE}" for source in strangers])


def where(source: Source) -> str:
    """Where the place of a source is written, file:line:column."""
    file, _, line = source.origin.rpartition(":")
    lines = Path(file).read_text("utf-8-sig").splitlines()
    for number, text in enumerate(lines[int(line) - 1 :], int(line)):
        key, sign, value = text.partition("place:")
        if sign and key.strip(" -{,") == "":
            return f"{file}:{number}:{len(key + sign) + len(value) - len(value.lstrip()) + 1}"
    return f"{file}:{line}:1"


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
