/**
 * SIGTERM and SIGINT: what was accepted is answered, then the process ends with exit code 0.
 */
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { startApp } from "../_support/app_server.ts";
import { StolenTime } from "../_support/stolen_time.ts";
import { waitFor } from "../_support/wait_for.ts";

const MODULE = "tests/testdata/apps/faulty_app.ts";

/** A request that is under way until the test says so, however slow the machine is. */
function heldRequest(url: string): { answer: Promise<string>; end: () => void } {
  let end = () => {};
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(new Uint8Array(5));
      end = () => controller.close();
    },
  });
  const answer = fetch(`${url}/body`, { method: "POST", body }).then((response) => response.text());
  return { answer, end };
}

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  Deno.test(`${signal} lets requests and streams end, refuses new ones, and can still be scraped`, async () => {
    await using app = await startApp({ module: MODULE });
    const slow = Array.from({ length: 6 }, () => fetch(`${app.url}/slow?ms=800`).then((r) => r.text()));
    const streams = Array.from(
      { length: 20 },
      () => fetch(`${app.url}/stream?count=8&ms=100`).then((r) => r.text()),
    );
    const held = await fetch(`${app.url}/stream?count=-1&ms=50`);
    // All have come: some may be over by now, on a slow machine.
    await waitFor(async () => (await app.scrape()).sum("app_hits_total") === 27, { what: "all requests" });
    app.command.kill(signal);
    await waitFor(async () => {
      const ready = await fetch(`${app.adminUrl}/-/ready`);
      return (await ready.text()).startsWith("draining") && ready.status === 503;
    }, { what: "the drain" });
    await waitFor(() => fetch(`${app.url}/ok`).then(() => false, () => true), {
      what: "the port to be closed",
    });
    const during = await app.scrape();
    assert(during.sum("http_requests_in_flight") > 0, "the last scrape sees what is still open");

    await held.body!.cancel();
    assertEquals(new Set(await Promise.all(slow)), new Set(["slow\n"]));
    for (const text of await Promise.all(streams)) assertEquals(text.split("\n").length, 9);
    assertEquals(await app.command.ended, { code: 0, signal: null });
    assertMatch(app.command.stderr, new RegExp(`${signal}: draining`));
  });
}

Deno.test("a drain waits for promises given to waitUntil()", async () => {
  await using app = await startApp({ module: MODULE, workers: 1 });
  const startMs = performance.now();
  await (await fetch(`${app.url}/later?ms=700`)).text();
  assertEquals((await app.command.stop("SIGTERM")).code, 0);
  assert(performance.now() - startMs >= 700, "the promise had settled before the process ended");
});

Deno.test("an upload that is under way when a drain or a rolling restart begins is read to its end", async () => {
  for (const signal of ["SIGHUP", "SIGTERM"] as const) {
    await using app = await startApp({
      module: MODULE,
      workers: 1,
      flags: ["--discourage-seconds", "0.1"],
    });
    const held = heldRequest(app.url);
    await waitFor(async () => (await app.scrape()).sum("http_requests_in_flight") === 1, {
      what: "the upload",
    });
    app.command.kill(signal);
    if (signal === "SIGTERM") {
      await waitFor(() => app.command.stderr.includes("draining"), { what: "the drain" });
    } else {
      const replaced = async () => (await app.scrape()).sum("promslab_worker_restarts_total") === 1;
      await waitFor(replaced, { what: "the new worker" });
    }
    held.end();
    assertEquals(await held.answer, "5", signal);
    assertEquals((await app.command.stop("SIGTERM")).code, 0);
  }
});

Deno.test("a drain cuts what has not ended by the deadline, with exit code 0", async () => {
  await using app = await startApp({ module: MODULE, workers: 2, flags: ["--drain-seconds", "0.5"] });
  const endless = await fetch(`${app.url}/stream?count=-1&ms=50`);
  const startMs = performance.now();
  assertEquals((await app.command.stop("SIGTERM")).code, 0);
  const seconds = (performance.now() - startMs) / 1000;
  assert(seconds >= 0.5 && seconds < 5, `ended after ${seconds} s`);
  await assertRejects(() => endless.text());
  assertMatch(app.command.stderr, /worker \d: not finished after 0.5 s, cut/);
});

Deno.test("a signal that comes twice at the same time, as Ctrl-C under a task runner does, cuts nothing", async () => {
  await using app = await startApp({ module: MODULE });
  const held = heldRequest(app.url);
  await waitFor(async () => (await app.scrape()).sum("http_requests_in_flight") === 1, { what: "a request" });
  app.command.kill("SIGINT");
  // Another one, as the kernel makes two pending signals of one number one.
  app.command.kill("SIGTERM");
  held.end();
  assertEquals(await held.answer, "5");
  assertEquals(await app.command.ended, { code: 0, signal: null });
});

Deno.test("a second signal ends the process at once", async () => {
  await using app = await startApp({ module: MODULE, flags: ["--drain-seconds", "60"] });
  const endless = await fetch(`${app.url}/stream?count=-1&ms=50`);
  app.command.kill("SIGTERM");
  await waitFor(() => app.command.stderr.includes("draining"), { what: "the first signal" });
  const startMs = performance.now();
  await waitFor(() => {
    app.command.kill("SIGTERM");
    return app.command.ending !== undefined;
  }, { what: "the end by a later signal", pauseMs: 100 });
  assertEquals(app.command.ending, { code: 143, signal: null });
  assert(performance.now() - startMs < 5_000);
  await assertRejects(() => endless.text());
});

Deno.test("an idle server ends at once", async () => {
  await using app = await startApp();
  const kept = await fetch(`${app.url}/`);
  await kept.text();
  const startMs = performance.now();
  assertEquals((await app.command.stop("SIGTERM")).code, 0);
  assert(performance.now() - startMs < 5_000);
});

Deno.test("of 200 open streams a drain lets each end whole that ends by the deadline, and cuts the others then", async () => {
  await using app = await startApp({ module: MODULE, flags: ["--drain-seconds", "5"] });
  using stolen = await StolenTime.watch();
  const folder = await Deno.makeTempDir({ prefix: "promslab_drain_" });
  const open = (path: string, count: number) =>
    Array.from({ length: count }, async () => {
      const response = await fetch(`${app.url}${path}`);
      return await response.text().then(
        (text) => ({ text, whole: true }),
        () => ({ text: "", whole: false }),
      );
    });
  const ending = open(`/until?file=${folder}/end`, 150);
  const endless = open("/stream?count=-1&ms=100", 50);
  await waitFor(async () => (await app.scrape()).sum("http_requests_in_flight") === 200, {
    what: "all streams",
    deadlineMs: 60_000,
  });
  const [startMs, startStolenMs] = [performance.now(), stolen.milliseconds];
  app.command.kill("SIGTERM");
  await waitFor(() => app.command.stderr.includes("draining"), { what: "the drain" });
  await Deno.writeTextFile(`${folder}/end`, "");
  const [ended, cut] = await Promise.all([
    Promise.all(ending),
    waitFor(async () => {
      const now = await app.scrape();
      return now.sum("http_requests_total", 'route="/until"', 'status="200"') === 150 &&
          now.sum("http_requests_in_flight") === 50
        ? now
        : undefined;
    }, { what: "a scrape that counts all whole streams and has the others open" }),
  ]);
  assertEquals(ended.filter(({ whole, text }) => !whole || !/^first\n(?:more\n)*last\n$/.test(text)), []);
  assertEquals(cut.sum("http_response_streamed_bytes_total", 'route="/until"') > 0, true);
  assertEquals((await Promise.all(endless)).filter(({ whole }) => whole), []);
  assertEquals(await app.command.ended, { code: 0, signal: null });
  const seconds = (performance.now() - startMs) / 1000;
  const stolenSeconds = (stolen.milliseconds - startStolenMs) / 1000;
  assert(seconds >= 5 && seconds - stolenSeconds < 9, `ended after ${seconds} s, ${stolenSeconds} stolen`);
  await Deno.remove(folder, { recursive: true });
});
