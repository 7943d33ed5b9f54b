"""The sources that are watched: those that come with the program and the user's own."""

import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import crawler.sources
from crawler.sources import crawlable, load
from crawler.wording import nearest
from monitor.positions import position
from monitor.settings import Settings, default_file
from storage.errors import BadSetting, BadSource, NotKnown
from storage.values import Source

NO_PLACE = "no such place; give its 行政区划代码, or tell one that GB/T 2260 has not in the settings as [[places]]"
NEAREST = 5  # ids that are named where one is not known
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
    try:
        return retire(found, settings.crawl.retired)
    except NotKnown as error:
        raise BadSetting(f"{written_at(settings)}crawl.retired: {error}") from error


def written_at(settings: Settings, environ: Mapping[str, str] = os.environ) -> str:
    """Where crawl.retired is written, file:line:column and a colon; its variable; nothing where neither has it."""
    if "REPORTWATCH_CRAWL__RETIRED" in environ:
        return "REPORTWATCH_CRAWL__RETIRED: "
    place = position(settings.file.read_text("utf-8-sig"), ("crawl", "retired")) if settings.file else None
    return f"{settings.file}:{place[0]}:{place[1]}: " if place else ""


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
    """The sources, those of these ids retired; NotKnown for an id that none has, with those that are nearest."""
    known = [source.id for source in sources]
    strangers = [name for name in ids if name not in known]
    if strangers:
        raise NotKnown("; ".join(stranger(name, known) for name in strangers))
    said = {"retired": "the settings say so"}
    return tuple(
        replace(source, options={**said, **source.options}) if source.id in ids else source for source in sources
    )


def stranger(name: str, known: Sequence[str]) -> str:
    """That there is no source of an id, and which is meant: those nearest by name, a few where none is near."""
    near = nearest(name, known)[:NEAREST]
    if near:
        return f"no source {name}; did you mean {' or '.join(near)}"
    shown = ", ".join(known[:NEAREST]) + (", …" if len(known) > NEAREST else "")
    return f"no source {name}; {f'there are {shown}' if known else 'there is none at all'}"


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
