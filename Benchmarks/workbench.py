# SPDX-License-Identifier: Apache-2.0
"""What the benchmarks share: an origin on loopback, commands and their cost, turns, medians, tables."""
import contextlib
import json
import os
import pathlib
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import typing

HERE = pathlib.Path(__file__).parent
REPOSITORY = HERE.parent
KAGUD = os.environ.get("KAGUD", str(REPOSITORY / ".build/release/kagud"))
#: The virtual environment that Benchmarks/peers/install makes, or whatever python3 can import.
PEER_PYTHON = os.environ.get("PEER_PYTHON") or next(
    (str(path) for path in [REPOSITORY / ".build-bench/peers/bin/python"] if path.exists()), "python3"
)
#: With so many addresses 64 requests are in flight: kagu allows itself at most 16 to a host.
ADDRESSES = [f"127.0.0.{last}" for last in range(1, 5)]
CONCURRENCY, PER_HOST = 64, 16


class Run(typing.NamedTuple):
    """What one command cost."""

    cpu: float
    peak: float
    wall: float
    output: str


def run(*command, accepted=(0,)):
    """Runs a command to its end: CPU seconds of all its threads, peak memory in MB, wall seconds. Ends the benchmark
    where the exit status is none of those accepted.

    The kernel counts the pages of the process that forks as well: peaks below 15 MB show as those of this script.
    """
    with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as errors:
        start = time.monotonic()
        process = subprocess.Popen([str(part) for part in command], stdout=output, stderr=errors)
        try:
            _, status, usage = os.wait4(process.pid, 0)
        except BaseException:
            process.kill()
            raise
        wall = time.monotonic() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        errors.seek(0)
        if process.returncode not in accepted:
            sys.exit(f"{command[0]} failed with {process.returncode}:\n{errors.read()}")
        return Run(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1000, wall, output.read().strip())


def need(*programs):
    """Ends the benchmark when a program is missing."""
    for program in programs:
        if not shutil.which(program):
            sys.exit(f"{sys.argv[0]} needs {program}")


def has_peer():
    """Whether the Python peer can run; says so when not."""
    imports = [PEER_PYTHON, "-c", "import ahocorasick_rs, aiohttp, fastfeedparser, orjson, uvloop"]
    if shutil.which(PEER_PYTHON) and subprocess.run(imports, stderr=subprocess.DEVNULL, check=False).returncode == 0:
        return True
    print("peer left out: Benchmarks/peers/install installs what it needs")
    return False


@contextlib.contextmanager
def workplace():
    """A directory that the origin may read; gone afterwards, also when this script is asked to end."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    path = pathlib.Path(tempfile.mkdtemp(prefix="kagu-bench-"))
    path.chmod(0o755)
    try:
        yield path
    finally:
        shutil.rmtree(path)


@contextlib.contextmanager
def process(*command):
    """A process in the background; SIGTERM ends it."""
    words = [str(part) for part in command]
    running = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield running
    finally:
        running.send_signal(signal.SIGTERM)
        running.wait()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(port, address="127.0.0.1"):
    """Waits until a server listens."""
    for _ in range(200):
        with contextlib.suppress(OSError), socket.create_connection((address, port), timeout=1):
            return
        time.sleep(0.05)
    sys.exit(f"nothing listens on port {port}")


@contextlib.contextmanager
def nginx(work, root):
    """nginx with one worker and keep-alive, serving `root` at every one of ADDRESSES; yields the port."""
    port = free_port()
    configuration = work / "nginx.conf"
    spools = " ".join(
        f"{kind}_temp_path {work}/spool;" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    configuration.write_text(
        f"daemon off; worker_processes 1; pid {work}/nginx.pid; error_log {work}/nginx.log;\n"
        "events { worker_connections 2048; }\n"
        f"http {{ access_log off; sendfile on; keepalive_requests 1000000; {spools}\n"
        "types { application/rss+xml rss; application/atom+xml atom; application/rdf+xml rdf; "
        "application/feed+json json; }\n"
        f"server {{ root {root}; {' '.join(f'listen {address}:{port};' for address in ADDRESSES)} }} }}\n"
    )
    with process("nginx", "-e", work / "nginx.log", "-c", configuration):
        wait_for(port)
        yield port


def generate(count, directory, edition=0, terms=None):
    """Writes `count` feeds, or those that change with `edition`; and terms to look for, where a file is named."""
    directory.mkdir(exist_ok=True)
    more = ["--terms", terms] if terms else []
    run(sys.executable, HERE / "generate-feeds", count, directory, "--edition", edition, *more)
    # Dirty pages would be written back while something is measured.
    os.sync()


def write_urls(work, port, addresses=ADDRESSES):
    """Writes urls.txt: the URL of every feed in www, spread over the addresses of the origin."""
    feeds = sorted((work / "www").iterdir())
    urls = [f"http://{addresses[number % len(addresses)]}:{port}/{feed.name}" for number, feed in enumerate(feeds)]
    (work / "urls.txt").write_text("\n".join(urls) + "\n")
    return urls


def write_watches(terms, directory):
    """One watch for all terms of a file, each an entity, as whole words in any language."""
    directory.mkdir(exist_ok=True)
    names = terms.read_text(encoding="utf-8").splitlines()
    lines = ["entities:"]
    for number, name in enumerate(names):
        text = json.dumps(name, ensure_ascii=False)
        lines.append(
            f"  - {{id: event.t{number}, kind: event, name: {text}, aliases: {{any: [{{text: {text}, inflect: none}}]}}}}"
        )
    members = ", ".join(f"event.t{number}" for number in range(len(names)))
    lines += ["groups:", f"  - {{id: group.terms, members: [{members}]}}"]
    lines += ["watches:", "  - {id: terms, title: Terms, when: '@group.terms', severity: low}"]
    (directory / "watches.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")


def write_configuration(path, interval, in_flight=PER_HOST, addresses=ADDRESSES, watches="[]"):
    """A configuration for feeds on loopback, polled every `interval`; without watches unless files are named."""
    allowed = ", ".join(f"{address}/32" for address in addresses)
    path.write_text(
        f"feeds: []\nwatches: {watches}\nhttp: {{allow_private: [{allowed}]}}\n"
        f"poll: {{min_interval: {interval}, max_interval: {interval}, concurrency: {CONCURRENCY}, "
        f"per_host: {{in_flight: {in_flight}, spacing: 0s}}}}\n"
    )


def kagud_command(work, state, configuration=None):
    """kagud over urls.txt with kagu.yaml, or another configuration."""
    lists = ("--feeds", work / "urls.txt", "--config", configuration or work / "kagu.yaml")
    return [KAGUD, "--state-dir", state, *lists]


def kagud_once(work, state, configuration=None):
    """One sweep by kagud."""
    return run(*kagud_command(work, state, configuration), "--once")


def peer_command(work, database, *flags):
    """The Python peer over urls.txt."""
    return [PEER_PYTHON, HERE / "peers/sweep.py", work / "urls.txt", database, "--concurrency", CONCURRENCY, *flags]


def peer_sweep(work, database, *flags):
    """One sweep by the Python peer."""
    return run(*peer_command(work, database, *flags))


def median(runs, figure="cpu"):
    """The median of one figure over runs; nan where there are none."""
    return statistics.median(getattr(run, figure) for run in runs) if runs else float("nan")


def ratio(runs, others):
    """The median of the CPU ratios of the rounds: what else the machine did in a round met both."""
    ratios = [mine.cpu / other.cpu for mine, other in zip(runs, others)]
    return statistics.median(ratios) if ratios else float("nan")


def table(header, rows):
    """Prints columns, the first left-aligned."""
    lines = [header] + [[cell if isinstance(cell, str) else f"{cell:.2f}" for cell in row] for row in rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(header))]
    for line in lines:
        cells = [line[0].ljust(widths[0])] + [cell.rjust(width) for cell, width in zip(line[1:], widths[1:])]
        print("  ".join(cells))
