#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A feed poller as one would write it for speed in Python: aiohttp on uvloop, fastfeedparser, state in SQLite.

Does what `kagud --once` does: conditional GETs of every URL, parses what changed, finds the items never seen, looks
for terms in them (--terms; with an Aho-Corasick automaton in Rust, whole words, case-folded), appends a JSON line for
each hit, keeps validators and seen items on disk, prints `ok= same= err= items= new= hits=`.
"""
import argparse
import asyncio
import datetime
import hashlib
import html
import os
import re
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


class Terms:
    """Finds terms as whole words in the texts of items, and appends what is found to a file."""

    MARKUP = re.compile(r"<[^>]*>")

    def __init__(self, path, output):
        # Only a sweep with terms needs these.
        import ahocorasick_rs
        import orjson

        with open(path, encoding="utf-8") as file:
            self.terms = file.read().splitlines()
        self.automaton = ahocorasick_rs.AhoCorasick([term.lower() for term in self.terms])
        self.encode = orjson.dumps
        self.file = open(output, "ab")
        self.lines = []
        self.hits = 0

    def look(self, url, entry):
        parts = [entry.get("title"), entry.get("description"), *(part.get("value") for part in entry.get("content") or ())]
        text = "\n".join(html.unescape(self.MARKUP.sub("\n", part)) for part in parts if part)
        folded = text.lower()
        found = [
            {"term": self.terms[term], "at": start, "text": text[start:end]}
            for term, start, end in self.automaton.find_matches_as_indexes(folded, overlapping=True)
            if not (start and folded[start - 1].isalnum()) and not folded[end : end + 1].isalnum()
        ]
        if not found:
            return
        self.hits += 1
        hit = {
            "id": number(url + (entry.get("id") or entry.get("link") or "")), "seen": datetime.datetime.now(), "feed": url,
            "url": entry.get("link"), "title": entry.get("title"), "summary": entry.get("description"),
            "published": entry.get("published"), "found": found,
        }  # fmt: skip
        self.lines.append(self.encode(hit))

    def record(self):
        """Lines are on disk before the items count as seen."""
        if self.lines:
            self.file.write(b"\n".join(self.lines) + b"\n")
            self.file.flush()
            os.fsync(self.file.fileno())
            self.lines.clear()


class Sweep:
    def __init__(self, path, terms):
        self.terms = terms
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
        entries = {number(entry.get("id") or entry.get("link") or entry.get("title", "")): entry for entry in parsed.entries}
        known = {item for (item,) in self.database.execute("SELECT item FROM seen WHERE feed = ?", (feed,))}
        fresh = entries.keys() - known
        for item in fresh if self.terms else ():
            self.terms.look(url, entries[item])
        self.news.extend((feed, item) for item in fresh)
        self.ok += 1
        self.items += len(parsed.entries)
        self.new += len(fresh)

    def record(self):
        if self.terms:
            self.terms.record()
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
    arguments.add_argument("--terms", help="a file with one term a line")
    arguments.add_argument("--hits", help="where lines of hits are appended")
    arguments.add_argument("--stay", action="store_true", help="wait for SIGTERM after the sweep")
    options = arguments.parse_args()
    with open(options.urls, encoding="utf-8") as file:
        urls = file.read().split()
    sweep = Sweep(options.state, Terms(options.terms, options.hits) if options.terms else None)
    await sweep.run(urls, options.concurrency, options.per_host)
    hits = sweep.terms.hits if sweep.terms else 0
    print(
        f"ok={sweep.ok} same={sweep.same} err={sweep.err} items={sweep.items} new={sweep.new} hits={hits}", flush=True
    )
    if options.stay:
        stopped = asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
        await stopped.wait()


uvloop.run(main())
