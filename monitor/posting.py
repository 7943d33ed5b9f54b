"""Where alerts go and when, as the settings say."""

from alerts.outbox import Post
from monitor.settings import Settings


def post_of(settings: Settings) -> Post:
    """The channels with their secrets, and the hours of those who are told.

    raises  BadSetting naming every secret that cannot be had
    """
    return Post(
        channels=settings.channels(),
        language=settings.language,
        opened=settings.crawl.opened,
        rhythms=settings.rhythm,
        zone=settings.schedule.timezone,
        templates=settings.templates,
    )
