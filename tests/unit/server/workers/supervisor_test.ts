import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { StartError } from "../../../../src/server/start_error.ts";
import type { RestartReason } from "../../../../src/collect/self_metrics.ts";
import { ScrapeBody } from "../../../../src/server/scrape/scrape_body.ts";
import type { BackoffOptions } from "../../../../src/server/workers/backoff.ts";
import { Supervisor } from "../../../../src/server/workers/supervisor.ts";
import { FakeHost, type FakeWorker } from "../../../_support/fake_host.ts";
import { waitFor, within } from "../../../_support/wait_for.ts";
import { PLAIN_SCRAPE } from "../../../_support/plain_scrape.ts";

/** A supervisor over played workers, and what it did. */
function supervise(
  options: {
    workers?: number;
    startSeconds?: number;
    hangSeconds?: number;
    retireSeconds?: number;
    shared?: boolean;
    backoff?: BackoffOptions;
  } = {},
) {
  const host = new FakeHost();
  const logged: string[] = [];
  const restarts: RestartReason[] = [];
  const slabs: string[] = [];
  const beats: { ageMs: number; slot?: number } = { ageMs: 0 };
  const supervisor = new Supervisor({
    host,
    module: new URL("file:///worker.ts"),
    workers: options.workers ?? 3,
    port: 0,
    common: {
      handler: "file:///app.ts",
      hostname: "127.0.0.1",
      shared: options.shared ?? true,
      tls: undefined,
      requestLimits: undefined,
      connectionLimits: undefined,
      accessLog: undefined,
      runtimeMetrics: false,
      metricsPath: "/metrics",
      instrument: "prometheus",
      handlerData: undefined,
    },
    slabs: {
      open: ({ slot, epoch }) => {
        slabs.push(`open ${slot}.${epoch}`);
        return {
          attachment: { slab: new SharedArrayBuffer(8) },
          heartbeatAgeMs: () => (beats.slot ?? slot) === slot ? beats.ageMs : 0,
          isFolded: () => false,
          leave: ({ proven }) => slabs.push(`leave ${slot}.${epoch} ${proven ? "proven" : "assumed"}`),
        };
      },
    },
    heapMegabytesMax: 100,
    discourageSeconds: 0.01,
    retireSeconds: options.retireSeconds ?? 10,
    hangSeconds: options.hangSeconds ?? 0,
    startSeconds: options.startSeconds ?? 10,
    backoff: options.backoff ?? { firstMs: 5, longestMs: 10 },
    scrape: () => Promise.resolve({ status: 200, headers: {}, body: new ScrapeBody([new Uint8Array(1)]) }),
    log: (line) => logged.push(line),
    onRestart: (reason) => restarts.push(reason),
  });
  return { host, supervisor, logged, restarts, slabs, beats };
}

Deno.test("Supervisor.start() opens the port when all have loaded, the first worker choosing it", async () => {
  const { host, supervisor } = supervise();
  const orders: string[] = [];
  host.onSpawn = (worker) => {
    if (worker.start.slot < 2) worker.say({ type: "loaded" });
  };
  const started = supervisor.start();
  await waitFor(() => host.workers.length === 3, { what: "three workers" });
  orders.push(...host.workers.flatMap(({ received }) => received.map(({ type }) => type)));
  assertEquals(orders, [], "nobody listens before the last one has loaded");
  host.workers[2].say({ type: "loaded" });
  assertEquals(await started, 4321);
  assertEquals(host.workers.map(({ received }) => received), [
    [{ type: "listen", port: 0 }],
    [{ type: "listen", port: 4321 }],
    [{ type: "listen", port: 4321 }],
  ]);
  assertEquals(supervisor.readyCount, 3);
  await supervisor.stop("test");
});

Deno.test("Supervisor.start() fails with what the first worker says, and leaves none running", async () => {
  const { host, supervisor } = supervise();
  host.onSpawn = (worker) =>
    worker.say({ type: "failed", code: "HANDLER_WITHOUT_FETCH", message: "Cannot use it" });
  const error = await assertRejects(() => supervisor.start(), StartError, "Cannot use it");
  assertEquals(error.code, "HANDLER_WITHOUT_FETCH");
  assertEquals(host.workers.map(({ terminated }) => terminated), [true]);
});

Deno.test("Supervisor.start() fails when a worker ends before it is ready", async () => {
  const { host, supervisor } = supervise();
  host.onSpawn = (worker) => {
    if (worker.start.slot === 1) worker.end({ code: 7, proven: true });
    else worker.say({ type: "loaded" });
  };
  await assertRejects(() => supervisor.start(), StartError, "Cannot start worker 1: it exited with code 7");
  assertEquals(supervisor.readyCount, 0);
});

Deno.test("Supervisor.start() gives up on a worker that does not load in time", async () => {
  const { host, supervisor } = supervise({ startSeconds: 0.02 });
  host.onSpawn = () => {};
  await assertRejects(() => supervisor.start(), StartError, "the handler was not loaded within 0.02 s");
});

Deno.test("Supervisor replaces a worker that crashes by a new incarnation of its slot", async () => {
  const { host, supervisor, restarts, slabs, logged } = supervise({ workers: 2 });
  await supervisor.start();
  host.workers[1].end({ code: 1, proven: true, error: new TypeError("boom") });
  await waitFor(() => supervisor.readyCount === 2 && host.workers.length === 3, { what: "the replacement" });
  assertEquals(host.workers[2].start.slot, 1);
  assertEquals(host.workers[2].start.epoch, 2);
  assertEquals(host.workers[2].received, [{ type: "listen", port: 4321 }]);
  assertEquals(restarts, ["crash"]);
  assertEquals(slabs, ["open 0.1", "open 1.1", "leave 1.1 proven", "open 1.2"]);
  assertMatch(logged[0], /^worker 1: ended as it threw TypeError: boom; replaced$/);
  await supervisor.stop("test");
});

Deno.test("Supervisor says memory for a worker that reached its heap limit", async () => {
  const { host, supervisor, restarts } = supervise({ workers: 1 });
  await supervisor.start();
  const error = Object.assign(new Error("out of memory"), { code: "ERR_WORKER_OUT_OF_MEMORY" });
  host.workers[0].end({ code: 1, proven: true, error });
  await waitFor(() => restarts.length === 1, { what: "the restart" });
  assertEquals(restarts, ["memory"]);
  await supervisor.stop("test");
});

Deno.test("Supervisor waits before it tries again after a replacement that fails too", async () => {
  const { host, supervisor, logged } = supervise({ workers: 1 });
  await supervisor.start();
  host.onSpawn = (worker) => {
    if (host.workers.length < 4) worker.end({ code: 3, proven: true });
    else worker.say({ type: "loaded" });
  };
  host.workers[0].end({ code: 1, proven: true });
  await waitFor(() => supervisor.readyCount === 1 && host.workers.length === 4, { what: "the fourth try" });
  assertEquals(logged.map((line) => line.replace(/.*; /, "")), [
    "replaced",
    "replaced in 0.005 s",
    "replaced in 0.01 s",
    "worker 0: ready again",
  ]);
  await supervisor.stop("test");
});

Deno.test("Supervisor replaces a worker whose heart stands still", async () => {
  const { host, supervisor, restarts, beats } = supervise({ workers: 1, hangSeconds: 1.2 });
  await supervisor.start();
  beats.ageMs = 1_300;
  await waitFor(() => host.workers.length === 2, { what: "the replacement", deadlineMs: 10_000 });
  assertEquals(host.workers[0].terminated, true);
  assertEquals(restarts, ["hang"]);
  await supervisor.stop("test");
});

Deno.test("Supervisor replaces a worker that hangs after it has loaded and before its port is open", async () => {
  const { host, supervisor, restarts, beats, logged } = supervise({ workers: 2, hangSeconds: 0.2 });
  await supervisor.start();
  host.onSpawn = (worker) => {
    worker.obedient = host.workers.length > 3;
    beats.slot = 1;
    worker.say({ type: "loaded" });
    if (!worker.obedient) beats.ageMs = 300;
  };
  host.workers[1].end({ code: 1, proven: true });
  await waitFor(() => host.workers[2]?.terminated, { what: "the end of the one that hangs" });
  beats.ageMs = 0;
  await waitFor(() => supervisor.readyCount === 2, { what: "two workers again" });
  assertEquals(restarts.slice(0, 2), ["crash", "hang"]);
  assertMatch(logged[1], /^worker 1: ended as its event loop stood still for too long/);
  await supervisor.stop("test");
});

Deno.test("Supervisor.restart() fails, and keeps the old worker, when the new one does not open its port", async () => {
  const { host, supervisor, restarts } = supervise({ workers: 1, startSeconds: 0.05 });
  await supervisor.start();
  host.onSpawn = (worker) => {
    worker.obedient = false;
    worker.say({ type: "loaded" });
  };
  await assertRejects(
    () => within(supervisor.restart(), { what: "the restart to end" }),
    StartError,
    "Cannot start worker 0: the port was not opened within 0.05 s",
  );
  assertEquals(host.workers.map(({ terminated }) => terminated), [false, true]);
  assertEquals(supervisor.readyCount, 1);
  host.onSpawn = (worker) => worker.say({ type: "loaded" });
  await supervisor.restart();
  assertEquals([supervisor.readyCount, restarts], [1, ["rolling"]], "another try is not held up");
  await supervisor.stop("test");
});

Deno.test("Supervisor.start() gives up on a worker that does not open its port in time", async () => {
  const { host, supervisor } = supervise({ workers: 2, startSeconds: 0.05 });
  host.onSpawn = (worker) => {
    worker.obedient = worker.start.slot === 0;
    worker.say({ type: "loaded" });
  };
  await assertRejects(
    () => within(supervisor.start(), { what: "the start to end" }),
    StartError,
    "Cannot start worker 1: the port was not opened within 0.05 s",
  );
});

/** Has new workers of a slot end as soon as their port is open, while `isBad` says so, which is asked once for each. */
function endAtOnce(host: FakeHost, slot: number, isBad: () => boolean): void {
  host.onSpawn = (worker: FakeWorker) => {
    const post = worker.post.bind(worker);
    worker.post = (message) => {
      post(message);
      const isListening = (message as { type: string }).type === "listen";
      if (isListening && worker.start.slot === slot && isBad()) worker.end({ code: 7, proven: true });
    };
    worker.say({ type: "loaded" });
  };
}

const inCrashLoop = (lines: readonly string[]) => lines.filter((line) => line.includes("crash loop"));

Deno.test("Supervisor: five early ends in a row are a crash loop, which ends when a worker has accepted for long enough", async () => {
  const { host, supervisor, logged, restarts } = supervise({
    workers: 3,
    backoff: { firstMs: 1, longestMs: 20, settledMs: 100 },
  });
  await supervisor.start();
  let isBad = true;
  const accepts: { ms: number; loops: number }[] = [];
  endAtOnce(host, 1, () => {
    if (!isBad) accepts.push({ ms: performance.now(), loops: supervisor.crashLoops.length });
    return isBad;
  });
  host.workers[1].end({ code: 7, proven: true });
  await waitFor(() => restarts.length >= 4, { what: "four ends" });
  assertEquals(supervisor.crashLoops.length, restarts.length === 4 ? 0 : 1);
  await waitFor(() => restarts.length >= 5, { what: "the fifth end" });
  assertEquals(supervisor.crashLoops, [{ slot: 1, cause: "it exited with code 7" }]);
  await waitFor(() => restarts.length >= 8, { what: "more tries" });
  assertEquals(supervisor.crashLoops.length, 1);
  assertEquals(supervisor.readyCount >= 2, true, "the others serve on");
  assertEquals(inCrashLoop(logged), [
    "worker 1: crash loop, 5 in a row ended before they had accepted for 0.1 s; " +
    "not ready until one has; the next tries come 0.02 s after the last",
  ]);
  isBad = false;
  await waitFor(() => supervisor.crashLoops.length === 0, { what: "the end of the loop", pauseMs: 1 });
  const livedMs = performance.now() - accepts[0].ms;
  assertEquals(livedMs >= 95, true, `it ended after ${livedMs} ms`);
  assertEquals([accepts.length, accepts[0].loops, supervisor.readyCount], [1, 1, 3]);
  assertEquals(inCrashLoop(logged).slice(1), ["worker 1: out of its crash loop"]);
  await supervisor.stop("test");
});

Deno.test("Supervisor.restart() has a slot in a crash loop tried at once, and takes the row to begin anew", async () => {
  const { host, supervisor, restarts, logged } = supervise({
    workers: 2,
    backoff: { firstMs: 1, longestMs: 3_600_000, settledMs: 3_600_000 },
  });
  await supervisor.start();
  let isBad = true;
  endAtOnce(host, 0, () => isBad);
  host.workers[0].end({ code: 7, proven: true });
  await waitFor(() => supervisor.crashLoops.length === 1, { what: "the crash loop" });
  assertEquals([restarts.length, supervisor.readyCount], [5, 1], "an hour is waited now");
  isBad = false;
  await within(supervisor.restart(), { what: "the restart to end" });
  assertEquals([supervisor.crashLoops, supervisor.readyCount], [[], 2]);
  assertEquals(inCrashLoop(logged).at(-1), "worker 0: out of its crash loop");
  assertEquals(restarts.slice(5), ["rolling"], "the other one was replaced");
  await supervisor.stop("test");
});

Deno.test("Supervisor counts a worker that takes long to load and fails as one that has not lived", async () => {
  const { host, supervisor } = supervise({
    workers: 1,
    startSeconds: 0.03,
    backoff: { firstMs: 1, longestMs: 3_600_000, settledMs: 20 },
  });
  await supervisor.start();
  host.onSpawn = () => {};
  host.workers[0].end({ code: 7, proven: true });
  await waitFor(() => supervisor.crashLoops.length === 1, { what: "the crash loop" });
  assertEquals(supervisor.crashLoops, [{ slot: 0, cause: "the handler was not loaded within 0.03 s" }]);
  await supervisor.stop("test");
});

Deno.test("Supervisor tries again when there is no thread to be had, and gives back what it took", async () => {
  const { host, supervisor, logged, slabs } = supervise({ workers: 2 });
  await supervisor.start();
  const spawn = host.spawn.bind(host);
  let refusals = 2;
  host.spawn = (options) => {
    if (refusals-- > 0) throw new RangeError("Array buffer allocation failed");
    return spawn(options);
  };
  host.workers[0].end({ code: 1, proven: true });
  await waitFor(() => supervisor.readyCount === 2 && refusals < 0, { what: "a worker in its place" });
  const said = logged.filter((line) =>
    line.includes("Cannot start worker 0: Array buffer allocation failed")
  );
  assertEquals(said.length, 2);
  assertEquals(slabs.slice(2), [
    "leave 0.1 proven",
    "open 0.2",
    "leave 0.2 proven",
    "open 0.3",
    "leave 0.3 proven",
    "open 0.4",
  ]);
  await supervisor.stop("test");
});

Deno.test("Supervisor.start() fails when there is no thread to be had", async () => {
  const { host, supervisor } = supervise();
  host.spawn = () => {
    throw new RangeError("Array buffer allocation failed");
  };
  await assertRejects(() => supervisor.start(), StartError, "Cannot start worker 0: Array buffer allocation");
});

Deno.test("Supervisor.restart() replaces workers that were starting when it was called", async () => {
  const { host, supervisor } = supervise({ workers: 2 });
  const held: FakeWorker[] = [];
  host.onSpawn = (worker) => void held.push(worker);
  const started = supervisor.start();
  await waitFor(() => held.length > 0, { what: "the first worker" });
  const early = supervisor.restart();
  host.onSpawn = (worker) => worker.say({ type: "loaded" });
  for (const worker of held) worker.say({ type: "loaded" });
  await started;
  await within(early, { what: "the restart that was asked for during the start" });
  assertEquals(host.workers.map(({ start }) => start.slot), [0, 1, 0, 1]);
  // One that is starting in the place of a worker that has ended.
  host.onSpawn = (worker) => void held.push(worker);
  host.workers[2].end({ code: 7, proven: true });
  await waitFor(() => held.length === 2, { what: "the replacement" });
  const late = supervisor.restart();
  host.onSpawn = (worker) => worker.say({ type: "loaded" });
  held[1].say({ type: "loaded" });
  await within(late, { what: "the restart that was asked for during a replacement" });
  assertEquals(host.workers.map(({ start }) => start.slot), [0, 1, 0, 1, 0, 0, 1]);
  assertEquals(supervisor.readyCount, 2);
  await supervisor.stop("test");
});

Deno.test("Supervisor.restart() fails when a slot in a crash loop fails again", async () => {
  const { host, supervisor } = supervise({
    workers: 2,
    backoff: { firstMs: 1, longestMs: 1e6, loopAfter: 2 },
  });
  await supervisor.start();
  host.onSpawn = (worker) => worker.end({ code: 7, proven: true });
  host.workers[0].end({ code: 7, proven: true });
  await waitFor(() => supervisor.crashLoops.length === 1, { what: "the crash loop" });
  await assertRejects(() => supervisor.restart(), StartError, "Cannot start worker 0: it exited with code 7");
  assertEquals(supervisor.readyCount, 1);
  await supervisor.stop("test");
});

Deno.test("Supervisor.drain() lets all finish and replaces nobody", async () => {
  const { host, supervisor, slabs } = supervise({ workers: 2 });
  await supervisor.start();
  await supervisor.drain(5);
  assertEquals(host.workers.map(({ received }) => received.at(-1)), [{ type: "drain" }, { type: "drain" }]);
  assertEquals(host.workers.map(({ terminated }) => terminated), [false, false]);
  assertEquals(slabs.slice(2), ["leave 0.1 proven", "leave 1.1 proven"]);
  assertEquals(host.workers.length, 2);
});

Deno.test("Supervisor.drain() cuts a worker that is not finished by the deadline", async () => {
  const { host, supervisor, logged } = supervise({ workers: 2 });
  await supervisor.start();
  host.workers[1].obedient = false;
  await supervisor.drain(0.02);
  assertEquals(host.workers.map(({ terminated }) => terminated), [false, true]);
  assertEquals(logged, ["worker 1: not finished after 0.02 s, cut"]);
});

Deno.test("Supervisor answers a worker that asks for the metrics", async () => {
  const { host, supervisor } = supervise({ workers: 1 });
  await supervisor.start();
  const [worker] = host.workers;
  worker.say({ type: "scrape", id: 17, ...PLAIN_SCRAPE });
  const answer = await waitFor(() => worker.received.find(({ type }) => type === "scraped"), {
    what: "the answer",
  });
  assertEquals(answer, {
    type: "scraped",
    id: 17,
    status: 200,
    headers: {},
    bytes: new ArrayBuffer(1),
    hasMore: false,
  });
  await supervisor.stop("test");
});

Deno.test("Supervisor.restart() lets a new worker accept before the old one stops to, slot by slot", async () => {
  const { host, supervisor, restarts, slabs } = supervise({ workers: 2 });
  await supervisor.start();
  const events: string[] = [];
  for (const worker of host.workers) {
    const post = worker.post.bind(worker);
    worker.post = (message) => {
      events.push(`${worker.start.slot}.${worker.start.epoch} ${(message as { type: string }).type}`);
      post(message);
    };
  }
  host.onSpawn = (worker) => {
    events.push(`${worker.start.slot}.${worker.start.epoch} starts, ${supervisor.readyCount} accept`);
    worker.say({ type: "loaded" });
  };
  await supervisor.restart();
  assertEquals(events, [
    "0.2 starts, 2 accept",
    "0.1 discourage",
    "0.1 drain",
    "1.2 starts, 2 accept",
    "1.1 discourage",
    "1.1 drain",
  ]);
  assertEquals(host.workers.slice(2).map(({ received }) => received), [
    [{ type: "listen", port: 4321 }],
    [{ type: "listen", port: 4321 }],
  ]);
  assertEquals(restarts, ["rolling", "rolling"]);
  await waitFor(() => slabs.filter((event) => event.startsWith("leave")).length === 2, {
    what: "the old ones' end",
  });
  assertEquals(supervisor.readyCount, 2);
  await supervisor.stop("test");
});

Deno.test("Supervisor.restart() closes the old listener first where a port has one only", async () => {
  const { host, supervisor } = supervise({ workers: 1, shared: false });
  await supervisor.start();
  const [old] = host.workers;
  host.onSpawn = (worker) => {
    const post = worker.post.bind(worker);
    worker.post = (message) => {
      if ((message as { type: string }).type === "listen") {
        assertEquals(old.received.at(-1), { type: "drain" });
      }
      post(message);
    };
    worker.say({ type: "loaded" });
  };
  await supervisor.restart();
  assertEquals(host.workers[1].received, [{ type: "listen", port: 4321 }]);
  await supervisor.stop("test");
});

Deno.test("Supervisor.restart() keeps the old worker when the new one does not start", async () => {
  const { host, supervisor, restarts } = supervise({ workers: 2 });
  await supervisor.start();
  host.onSpawn = (worker) =>
    worker.say({ type: "failed", code: "HANDLER_FAILED", message: "Cannot load it" });
  await assertRejects(() => supervisor.restart(), StartError, "Cannot load it");
  assertEquals(supervisor.readyCount, 2);
  assertEquals(host.workers.map(({ terminated }) => terminated), [false, false, true]);
  assertEquals(restarts, []);
  host.onSpawn = (worker) => worker.say({ type: "loaded" });
  host.workers[0].end({ code: 1, proven: true });
  await waitFor(() => host.workers.length === 4 && supervisor.readyCount === 2, { what: "the replacement" });
  await supervisor.stop("test");
});

Deno.test("Supervisor.restart() survives an old worker that ends while its successor loads", async () => {
  const { host, supervisor } = supervise({ workers: 1 });
  await supervisor.start();
  host.onSpawn = (worker) => {
    host.workers[0].end({ code: 1, proven: true });
    setTimeout(() => worker.say({ type: "loaded" }), 10);
  };
  await supervisor.restart();
  assertEquals(host.workers.length, 2, "no second replacement was started");
  assertEquals(supervisor.readyCount, 1);
  await supervisor.stop("test");
});

Deno.test("Supervisor.restart() cuts an old worker that takes too long to finish", async () => {
  const { host, supervisor, logged } = supervise({ workers: 1, retireSeconds: 0.02 });
  await supervisor.start();
  host.workers[0].obedient = false;
  await supervisor.restart();
  await waitFor(() => host.workers[0].terminated, { what: "the old worker's end" });
  assertEquals(logged, ["worker 0: replaced, not finished after 0.02 s, cut"]);
  await supervisor.stop("test");
});
