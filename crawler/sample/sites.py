"""Which sites the sample web has."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from crawler.sample.faults import AilingSite, ClosedSite, FaultSite
from crawler.sample.forum import Forum
from crawler.sample.library import Library
from crawler.sample.paged import PagedSite
from crawler.sample.paper import paper
from crawler.sample.places import LANTING, YANXI
from crawler.sample.portal import MISLABELLED, UNLABELLED, Portal
from crawler.sample.reprints import clone, wall
from crawler.sample.stacks import Stacks

if TYPE_CHECKING:
    from crawler.sample.web import Site


def sites(library: Library) -> "Iterator[Site]":
    """All sites over one library, portals first."""
    yield Portal(
        id="lanting",
        place=LANTING,
        library=library,
        titles={0: "{year}年{district}政府工作报告", 2024: "{place}人民政府工作报告（{year}年）"},
        lag=8,
        paged=10,
        robots="User-agent: *\nDisallow: /hdjl/\nDisallow: /search/\n\nSitemap: /sitemap.xml\n",
        charsets={2023: MISLABELLED},
    )
    yield Portal(
        id="yanxi",
        place=YANXI,
        library=library,
        titles={0: "{year}年{place}人民政府工作报告", 2024: "{place}{session}政府工作报告"},
        lag=14,
        paged=12,
        charsets={2022: UNLABELLED},
    )
    yield Forum(library)
    yield PagedSite(library)
    yield from (clone(library), paper(library), wall(library))
    yield Stacks(library)
    yield from (FaultSite(), ClosedSite(), AilingSite())
