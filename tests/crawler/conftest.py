"""The fixtures of crawls."""

from crawl_bench import bench, empty, site

__all__ = ["bench", "empty", "site"]
