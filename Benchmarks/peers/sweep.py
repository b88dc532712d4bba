#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A feed poller as one would write it for speed in Python: aiohttp on uvloop, fastfeedparser, state in SQLite.

Does what `kagud --once` does without watches: conditional GETs of every URL, parses what changed, finds the items
never seen, keeps validators and seen items on disk, prints `ok= same= err= items= new=`.
"""
import argparse
import asyncio
import hashlib
import signal
import sqlite3
from urllib.parse import urlsplit

import aiohttp
import fastfeedparser
import uvloop

SCHEMA = """
CREATE TABLE IF NOT EXISTS feed (url TEXT PRIMARY KEY, etag TEXT, modified TEXT, polled REAL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS seen (feed INTEGER, item INTEGER, PRIMARY KEY (feed, item)) WITHOUT ROWID;
"""
#: As many polls share a transaction.
BATCH = 100


def number(text):
    """64 bits that stand for a text."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little", signed=True)


class Sweep:
    def __init__(self, path):
        self.database = sqlite3.connect(path)
        self.database.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;" + SCHEMA)
        rows = self.database.execute("SELECT url, etag, modified FROM feed")
        self.validators = {url: (etag, modified) for url, etag, modified in rows}
        self.ok = self.same = self.err = self.items = self.new = 0
        self.polled, self.news = [], []

    async def poll(self, session, url):
        etag, modified = self.validators.get(url, (None, None))
        headers = {}
        if etag:
            headers["If-None-Match"] = etag
        if modified:
            headers["If-Modified-Since"] = modified
        try:
            async with session.get(url, headers=headers) as response:
                if response.status == 304:
                    self.same += 1
                elif response.status == 200:
                    self.take(url, fastfeedparser.parse(await response.read()))
                    etag, modified = response.headers.get("ETag"), response.headers.get("Last-Modified")
                    self.validators[url] = (etag, modified)
                else:
                    self.err += 1
        except (aiohttp.ClientError, TimeoutError, ValueError):
            self.err += 1
        self.polled.append((url, etag, modified, asyncio.get_running_loop().time()))
        if len(self.polled) >= BATCH:
            self.record()

    def take(self, url, parsed):
        feed = number(url)
        found = {number(entry.get("id") or entry.get("link") or entry.get("title", "")) for entry in parsed.entries}
        known = {item for (item,) in self.database.execute("SELECT item FROM seen WHERE feed = ?", (feed,))}
        fresh = found - known
        self.news.extend((feed, item) for item in fresh)
        self.ok += 1
        self.items += len(parsed.entries)
        self.new += len(fresh)

    def record(self):
        with self.database:
            self.database.executemany("INSERT OR REPLACE INTO feed VALUES (?, ?, ?, ?)", self.polled)
            self.database.executemany("INSERT OR IGNORE INTO seen VALUES (?, ?)", self.news)
        self.polled.clear()
        self.news.clear()

    async def run(self, urls, concurrency, per_host):
        connector = aiohttp.TCPConnector(limit=concurrency)
        async with aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(total=60)) as session:

            async def work(queue):
                for url in queue:
                    await self.poll(session, url)

            workers = []
            if per_host:
                hosts = {}
                for url in urls:
                    hosts.setdefault(urlsplit(url).netloc, []).append(url)
                for queue in map(iter, hosts.values()):
                    workers += [work(queue) for _ in range(per_host)]
            else:
                queue = iter(urls)
                workers = [work(queue) for _ in range(concurrency)]
            await asyncio.gather(*workers)
        self.record()


async def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("urls", help="a file with one URL a line")
    arguments.add_argument("state", help="the database; made when missing")
    arguments.add_argument("--concurrency", type=int, default=64)
    arguments.add_argument("--per-host", type=int, default=0, help="requests at once to one host; 0 (default): no limit")
    arguments.add_argument("--stay", action="store_true", help="wait for SIGTERM after the sweep")
    options = arguments.parse_args()
    with open(options.urls, encoding="utf-8") as file:
        urls = file.read().split()
    sweep = Sweep(options.state)
    await sweep.run(urls, options.concurrency, options.per_host)
    print(f"ok={sweep.ok} same={sweep.same} err={sweep.err} items={sweep.items} new={sweep.new}", flush=True)
    if options.stay:
        stopped = asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
        await stopped.wait()


uvloop.run(main())
