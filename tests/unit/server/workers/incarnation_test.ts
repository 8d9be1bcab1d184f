import { assertEquals, assertRejects } from "@std/assert";
import { ScrapeBody } from "../../../../src/server/scrape/scrape_body.ts";
import type { ScrapeResponse } from "../../../../src/server/scrape/scrape_messages.ts";
import { StartError } from "../../../../src/server/start_error.ts";
import { endCause, endSentence, Incarnation } from "../../../../src/server/workers/incarnation.ts";
import type { WorkerStart } from "../../../../src/server/workers/messages.ts";
import { FakeHost, type FakeWorker } from "../../../_support/fake_host.ts";
import { PLAIN_SCRAPE } from "../../../_support/plain_scrape.ts";

const START: WorkerStart = {
  slot: 2,
  epoch: 5,
  attachment: { slab: new SharedArrayBuffer(8) },
  handler: "file:///app.ts",
  hostname: "127.0.0.1",
  shared: true,
  tls: undefined,
  requestLimits: undefined,
  connectionLimits: undefined,
  accessLog: undefined,
  metricsPath: "/metrics",
  instrument: false,
  runtimeMetrics: false,
  handlerData: undefined,
};

/** An incarnation, and the worker that a test plays, which does nothing by itself. */
function begin(
  scrape: () => Promise<ScrapeResponse> = () => Promise.reject(new Error("nobody asks for metrics")),
): { incarnation: Incarnation; worker: FakeWorker } {
  const host = new FakeHost();
  host.onSpawn = () => {};
  const incarnation = new Incarnation({
    host,
    module: new URL("file:///worker.ts"),
    start: START,
    slab: {
      attachment: START.attachment,
      heartbeatAgeMs: () => 0,
      isFolded: () => false,
      leave: () => {},
    },
    heapMegabytesMax: undefined,
    scrape,
  });
  const [worker] = host.workers;
  worker.obedient = false;
  return { incarnation, worker };
}

Deno.test("Incarnation goes from starting to loaded to listening as its worker says", async () => {
  const { incarnation, worker } = begin();
  assertEquals([incarnation.slot, incarnation.epoch, incarnation.state], [2, 5, "starting"]);
  assertEquals(worker.start, START);
  worker.say({ type: "loaded" });
  await incarnation.loaded;
  assertEquals(incarnation.state, "loaded");
  const port = incarnation.listen(0);
  assertEquals(worker.received, [{ type: "listen", port: 0 }]);
  worker.say({ type: "listening", port: 4711 });
  assertEquals([await port, incarnation.state], [4711, "listening"]);
});

Deno.test("Incarnation that is told to drain does not seem to listen because its port came late", async () => {
  const { incarnation, worker } = begin();
  worker.say({ type: "loaded" });
  const port = incarnation.listen(80);
  incarnation.drain();
  worker.say({ type: "listening", port: 80 });
  assertEquals([await port, incarnation.state], [80, "draining"]);
  assertEquals(worker.received.map(({ type }) => type), ["listen", "drain"]);
  worker.end({ code: 0, proven: true });
  assertEquals([(await incarnation.ended).proven, incarnation.state], [true, "ended"]);
});

Deno.test("Incarnation whose worker ends before it has loaded fails to load and to listen", async () => {
  const { incarnation, worker } = begin();
  worker.end({ code: 3, proven: true });
  const message = "Cannot start worker 2: it exited with code 3";
  const error = await assertRejects(() => incarnation.loaded, StartError, message);
  assertEquals(error.code, "WORKER_FAILED");
  await assertRejects(() => incarnation.listen(80), StartError, message);
});

Deno.test("Incarnation whose worker cannot do its work is ended, and says what the worker said", async () => {
  const { incarnation, worker } = begin();
  worker.say({ type: "failed", code: "ADDRESS", message: "Cannot listen on port 80: it is in use" });
  const error = await assertRejects(() => incarnation.loaded, StartError, "Cannot listen on port 80");
  assertEquals([error.code, worker.terminated], ["ADDRESS", true]);
  await incarnation.ended;
  assertEquals(incarnation.terminatedFor, "Cannot listen on port 80: it is in use");
});

Deno.test("Incarnation keeps the first reason for which it was ended", async () => {
  const { incarnation, worker } = begin();
  worker.terminate = () => void (worker.terminated = true);
  incarnation.terminate("it hung");
  incarnation.terminate("the server stops");
  worker.end({ code: 1, proven: false });
  await incarnation.ended;
  assertEquals(incarnation.terminatedFor, "it hung");
});

Deno.test("Incarnation that has ended takes no orders", async () => {
  const { incarnation, worker } = begin();
  worker.end({ code: 0, proven: true });
  await incarnation.ended;
  incarnation.send("late");
  incarnation.drain();
  incarnation.terminate("late");
  assertEquals([worker.received, incarnation.state, incarnation.terminatedFor, worker.terminated], [
    [],
    "ended",
    undefined,
    false,
  ]);
});

Deno.test("Incarnation hands messages of the extension and the wish to close connections to its worker", () => {
  const { incarnation, worker } = begin();
  incarnation.send({ a: 1 });
  incarnation.discourage();
  assertEquals(worker.received, [{ type: "extension", message: { a: 1 } }, { type: "discourage" }]);
});

Deno.test("Incarnation answers its worker's scrape, and not that of a worker that has ended meanwhile", async () => {
  for (const ends of [false, true]) {
    const scraped = Promise.withResolvers<ScrapeResponse>();
    const { incarnation, worker } = begin(() => scraped.promise);
    worker.say({ type: "scrape", id: 9, ...PLAIN_SCRAPE });
    if (ends) {
      worker.end({ code: 0, proven: true });
      await incarnation.ended;
    }
    scraped.resolve({ status: 200, headers: {}, body: new ScrapeBody([Uint8Array.of(7)]) });
    for (let i = 0; i < 20; i++) await Promise.resolve();
    assertEquals(worker.received.map(({ type }) => type), ends ? [] : ["scraped"]);
  }
});

Deno.test("endSentence() says the main thread's reason, the heap's, the error's, or the exit code", () => {
  const heap = Object.assign(new Error("heap"), { code: "ERR_WORKER_OUT_OF_MEMORY" });
  const of = (reason?: string) => ({ terminatedFor: reason });
  assertEquals(endSentence({ code: 1, error: heap, proven: true }, of("it hung")), "it hung");
  assertEquals(endSentence({ code: 1, error: heap, proven: true }, of()), "it reached its heap limit");
  assertEquals(
    endSentence({ code: 1, error: new TypeError("no"), proven: true }, of()),
    "it threw TypeError: no",
  );
  assertEquals(endSentence({ code: 9, proven: true }, of()), "it exited with code 9");
});

Deno.test("endCause() says the same without the program's own words", () => {
  const of = (terminatedFor?: string, failureCode?: string) => ({ terminatedFor, failureCode });
  const heap = Object.assign(new Error("out of memory"), { code: "ERR_WORKER_OUT_OF_MEMORY" });
  const secret = new TypeError("the password is 1234");
  assertEquals(endCause({ code: 1, error: heap, proven: true }, of("it hung")), "it hung");
  assertEquals(endCause({ code: 1, error: heap, proven: true }, of()), "it reached its heap limit");
  assertEquals(endCause({ code: 1, error: secret, proven: true }, of()), "it threw an error");
  assertEquals(endCause({ code: 9, proven: true }, of()), "it exited with code 9");
  assertEquals(
    endCause({ code: 1, error: secret, proven: true }, of(secret.message, "HANDLER_FAILED")),
    "it could not start (HANDLER_FAILED)",
  );
});
