"""A sender in a process of its own, for the test that kills it: python killed_sender.py DATABASE URL SECRET."""

import asyncio
import sys
from datetime import UTC, datetime

from alerts.outbox import Post, deliver
from storage.database import connect
from storage.values import WebhookChannel

database, url, secret = sys.argv[1:]
post = Post((WebhookChannel("hook", url, secret),), opened=("127.0.0.0/8",))
asyncio.run(deliver(connect(database), post, lambda: datetime(2026, 1, 20, 8, 0, tzinfo=UTC)))
