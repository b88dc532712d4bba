#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Parses the files of a list with fastfeedparser; prints `files= items= bad=`, as `kagu-bench parse` does."""
import sys

import fastfeedparser

files = items = bad = 0
with open(sys.argv[1], encoding="utf-8") as listed:
    for path in listed.read().split("\n"):
        if not path:
            continue
        with open(path, "rb") as file:
            document = file.read()
        files += 1
        try:
            items += len(fastfeedparser.parse(document).entries)
        except ValueError:
            bad += 1
print(f"files={files} items={items} bad={bad}")
