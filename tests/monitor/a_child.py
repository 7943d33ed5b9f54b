"""A crawl's stand-in: python a_child.py PORT MODE DATABASE SOURCE…; tells the test it lives, then does as MODE says.

Its connection ends when it dies, which is how the test knows.
"""

import os
import signal
import socket
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime

port, mode, database, *sources = sys.argv[1:]
if mode in ("spin", "brood"):
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
line = socket.create_connection(("127.0.0.1", int(port)), timeout=10)


def write(statement, *values):
    with sqlite3.connect(database.removeprefix("sqlite:///"), timeout=30) as connection:
        key = connection.execute(statement, values).lastrowid
    connection.close()
    return key


def now():
    return datetime.now(UTC).replace(tzinfo=None).isoformat(" ")


OPEN = """INSERT INTO receipt (source, started_at, reason, requests, bytes, pages, unchanged, links, readings, fresh,
          errors) VALUES (?, ?, '', 0, 0, 0, 0, 0, 0, 0, '[]')"""
receipts = [write(OPEN, source, now()) for source in sources]
if mode == "brood":  # a child of its own, which holds the line too
    subprocess.Popen(["sleep", "600"], pass_fds=[line.fileno()])
line.sendall(f"{mode} {','.join(sources)} {sys.stdin.read()}\n".encode())
if mode == "die":
    os.kill(os.getpid(), signal.SIGKILL)
if mode == "leave":
    sys.exit(0)
while mode in ("spin", "brood"):
    pass
if mode == "wait":
    signal.pause()
for receipt in receipts:
    write("UPDATE receipt SET ended_at = ?, reason = 'finished', pages = 1, links = 1 WHERE id = ?", now(), receipt)
