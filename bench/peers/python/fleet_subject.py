"""The process that leads forked workers and scrapes them with prometheus_client's MultiProcessCollector."""

import json
import os
import re
import shutil
import signal
import sys
import tempfile
import time

MEMORY = "/dev/shm"
FOLDER = tempfile.mkdtemp(prefix="bench-", dir=MEMORY if os.path.isdir(MEMORY) else None)
os.environ["PROMETHEUS_MULTIPROC_DIR"] = FOLDER

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest  # noqa: E402
from prometheus_client.multiprocess import MultiProcessCollector  # noqa: E402

METHODS = ["GET", "POST", "PUT", "DELETE"]
STATUSES = ["200", "500"]
LABELS = ["method", "route", "status"]
BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]
SECONDS = [0.0005 * 2 ** (((index * 97) % 256) / 18) for index in range(256)]


def labels_of(series):
    return METHODS[series & 3], "/route/%d" % (series >> 3), STATUSES[(series >> 2) & 1]


def work(calls, answers, kind, count):
    """A worker: fills the family, then answers calls until its pipe closes."""
    registry = CollectorRegistry()
    if kind == "counter":
        family = Counter("bench_requests_total", "Requests answered.", LABELS, registry=registry)
    else:
        family = Histogram("bench_seconds", "Durations of requests.", LABELS, buckets=BUCKETS, registry=registry)
    bound = [family.labels(*labels_of(series)) for series in range(count)]

    def touch(step):
        growth = 0
        for series in range(0, count, step):
            if kind == "counter":
                bound[series].inc(1 + series % 7)
                growth += 1 + series % 7
            else:
                bound[series].observe(SECONDS[series & 255])
                growth += 1
        return growth

    touch(1)
    answers.write("0\n")
    for line in calls:
        verb, value = line.split()
        if verb == "touch":
            answers.write("%d\n" % touch(int(value)))
        else:
            answers.write("0\n")
            end = time.monotonic() + int(value) / 1000
            while time.monotonic() < end:
                pass


class Fleet:
    """Forked workers in slots."""

    def __init__(self, kind, series, workers):
        self.kind, self.series = kind, series
        self.workers = []
        for _ in range(workers):
            self.workers.append(self.fork())
        self.expected = 2 * sum(self.ask(slot, "touch", 1) for slot in range(workers))

    def fork(self):
        call_end, calls = os.pipe()
        answers, answer_end = os.pipe()
        pid = os.fork()
        if pid == 0:
            # A worker that held another's pipe open would keep it alive.
            for _, other_calls, other_answers in self.workers:
                other_calls.close()
                other_answers.close()
            os.close(calls)
            os.close(answers)
            work(os.fdopen(call_end), os.fdopen(answer_end, "w", buffering=1), self.kind, self.series)
            os._exit(0)
        os.close(call_end)
        os.close(answer_end)
        worker = pid, os.fdopen(calls, "w", buffering=1), os.fdopen(answers)
        worker[2].readline()
        return worker

    def ask(self, slot, verb, value):
        _, calls, answers = self.workers[slot]
        calls.write("%s %d\n" % (verb, value))
        return int(answers.readline())

    def touch(self, step):
        self.expected += sum(self.ask(slot, "touch", step) for slot in range(len(self.workers)))

    def end(self, slot):
        pid, calls, answers = self.workers[slot]
        if calls.closed:
            return
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        calls.close()
        answers.close()

    def restart(self, slot, times):
        for _ in range(times):
            self.end(slot)
            del self.workers[slot]
            self.workers.insert(slot, self.fork())
            self.expected += 2 * self.ask(slot, "touch", 1)

    def scrape(self):
        registry = CollectorRegistry()
        MultiProcessCollector(registry)
        return generate_latest(registry)


def main():
    fleet = None
    for line in sys.stdin:
        verb, *words = line.split()
        value = None
        try:
            if verb == "version":
                value = sys.argv[1]
            elif verb == "start":
                fleet = Fleet(words[0], int(words[1]), int(words[2]))
            elif verb == "scrape":
                if words[0] != "0":
                    fleet.touch(int(words[0]))
                start = time.perf_counter()
                body = fleet.scrape()
                value = {"ms": (time.perf_counter() - start) * 1000, "bytes": len(body)}
            elif verb == "complete":
                fleet.expected += fleet.ask(int(words[0]), "touch", 1)
                start = time.perf_counter()
                body = fleet.scrape().decode()
                took = time.perf_counter() - start
                name = "bench_requests_total" if fleet.kind == "counter" else "bench_seconds_count"
                found = sum(float(one) for one in re.findall(r"^%s\{.* (\S+)$" % name, body, re.M))
                value = {"ms": took * 1000, "share": found / fleet.expected}
            elif verb == "hang":
                fleet.ask(int(words[0]), "hang", int(words[1]))
            elif verb == "end":
                fleet.end(int(words[0]))
            elif verb == "restart":
                fleet.restart(int(words[0]), int(words[1]))
            elif verb == "stop":
                for slot in range(len(fleet.workers)):
                    fleet.end(slot)
            else:
                raise ValueError("Cannot answer \"%s\": there is no such verb" % verb)
            print("ok " + json.dumps(value), flush=True)
        except Exception as error:  # Whatever it is, the runner shall hear of it.
            print("error " + str(error).replace("\n", " "), flush=True)


try:
    main()
finally:
    shutil.rmtree(FOLDER, ignore_errors=True)
