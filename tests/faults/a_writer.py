"""Writes events until the disk is full: python a_writer.py DATABASE BYTES; prints how many stand, and the error.

A limit on the size of files stands for the disk: the write that goes beyond it fails as on a full one.
"""

import resource
import sys
from datetime import UTC, datetime

from storage.database import connect, writing
from storage.errors import StorageError
from storage.save import save_event

database, size = sys.argv[1], int(sys.argv[2])
engine = connect(database)
resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
done = 0
try:
    while done < 10_000:
        with writing(engine) as session:
            now = datetime.now(UTC)
            save_event(session, f"event {done}", "report.new", "x", {"text": "字" * 4000}, now, [("office", "x")])
        done += 1
except StorageError as error:
    print(done, type(error).__name__, error)
