"""Scrapy's constants. What a job decides is added by `for_job`; nothing is read from the environment."""

from pathlib import Path
from typing import Any

SETTINGS: dict[str, Any] = {
    "TWISTED_REACTOR_ENABLED": False,  # asyncio alone: aiohttp fetches, and half a second less to start
    "ADDONS": {},
    "LOG_ENABLED": False,  # the process sets up logging
    "TELNETCONSOLE_ENABLED": False,
    "REMOTE_CONTROL_ENABLED": False,
    "LOGSTATS_INTERVAL": 0,
    "MEMUSAGE_ENABLED": False,
    "COOKIES_ENABLED": False,
    "REFERER_ENABLED": False,
    "HTTPPROXY_ENABLED": False,  # crawler.connection knows the job's proxy; none is taken from the environment
    "METAREFRESH_ENABLED": False,
    "COMPRESSION_ENABLED": False,  # crawler.fetching unpacks, after the packed bytes are kept
    "HTTPERROR_ALLOW_ALL": True,  # spiders judge each status; none is dropped unseen
    "ROBOTSTXT_OBEY": False,  # crawler.robots obeys it instead: Scrapy takes a failing robots.txt for leave to crawl
    "DOWNLOAD_DELAY": 0,  # crawler.turns keeps the pauses, over processes
    "CONCURRENT_REQUESTS": 1,
    "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
    "CONCURRENT_ITEMS": 1,  # Scrapy starts as many tasks for every response, to do nothing in all but one
    "WARN_ON_GENERATOR_RETURN_VALUE": False,  # it parses the source of every callback
    "STATS_CLASS": "scrapy.statscollectors.DummyStatsCollector",  # the receipt counts
    "EXTENSIONS_BASE": {},
    "SPIDER_MIDDLEWARES_BASE": {},  # depth, length of addresses, Referer: nothing that we ask for
    "DUPEFILTER_CLASS": "scrapy.dupefilters.BaseDupeFilter",  # spiders ask for each address once, or mean it
    "SCHEDULER_MEMORY_QUEUE": "scrapy.squeues.FifoMemoryQueue",  # newest first, as lists have them
    "REDIRECT_MAX_TIMES": 5,  # RFC 9309 §2.3.1.2 asks for five at least
    "RETRY_TIMES": 2,
    "RETRY_HTTP_CODES": [408, 429, 500, 502, 503, 504],
    "RETRY_EXCEPTIONS": [],  # crawler.fetching retries our own errors, by what they say of themselves
    "RETRY_GIVE_UP_LOG_LEVEL": "DEBUG",  # the receipt tells
    "DEFAULT_REQUEST_HEADERS": {
        "Accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8",
        "Accept-Language": "zh-CN,zh;q=0.9",
        "Accept-Encoding": "gzip, deflate",
    },
    "DOWNLOAD_HANDLERS": {
        "http": "crawler.fetching.FetchHandler",
        "https": "crawler.fetching.FetchHandler",
        **dict.fromkeys(("file", "ftp", "s3", "data")),
    },
    "DOWNLOADER_MIDDLEWARES_BASE": {
        "crawler.robots.RobotsMiddleware": 100,
        "scrapy.downloadermiddlewares.defaultheaders.DefaultHeadersMiddleware": 400,
        "scrapy.downloadermiddlewares.useragent.UserAgentMiddleware": 500,
        "crawler.fetching.TransientRetryMiddleware": 550,
        "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": 600,
        "crawler.fetching.KeepMiddleware": 900,
    },
    "ITEM_PIPELINES": {"crawler.pipelines.ReadingPipeline": 300},
}


def for_job(
    agent: str, opened: list[str], turns: Path, delay: float, timeout: float, cap: int, proxy: str | None = None
) -> dict[str, Any]:
    """The constants and what this job adds.

    agent    the whole User-Agent, with a contact; its first word is the name that robots.txt is asked for
    opened   ranges that are not public and may be reached all the same
    turns    folder of the hosts' lock files
    delay    seconds between two requests to a host, where source and robots.txt do not ask for more
    timeout  seconds for one answer, from the connection to its last byte
    cap      bytes of one body, packed or not
    proxy    http://host:port, through which all is fetched
    """
    return {
        **SETTINGS,
        "USER_AGENT": agent,
        "GUARD_OPENED": opened,
        "TURNS_FOLDER": str(turns),
        "TURNS_DELAY": delay,
        "DOWNLOAD_TIMEOUT": timeout,
        "DOWNLOAD_MAXSIZE": cap,
        "PROXY": proxy,
    }
