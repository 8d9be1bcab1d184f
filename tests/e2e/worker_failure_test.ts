/**
 * Workers that crash, hang or run out of memory in a real server: the others answer, the totals stay.
 */
import { assert, assertEquals, assertLess, assertMatch } from "@std/assert";
import { HUNG } from "../../src/server/workers/supervisor.ts";
import { type AppServer, endsSaid, startApp } from "../_support/app_server.ts";
import { coreWaitMs, coreWaitMsOf } from "../_support/core_wait.ts";
import { requestMany } from "../_support/request_many.ts";
import { waitFor } from "../_support/wait_for.ts";

const MODULE = "tests/testdata/apps/faulty_app.ts";

/** Sends one request on a connection of its own; the status, or the error's name if no response came in time. */
async function ask(url: string, timeoutMs = 10_000): Promise<number | string> {
  try {
    const response = await fetch(url, {
      headers: { connection: "close" },
      signal: AbortSignal.timeout(timeoutMs),
    });
    await response.body?.cancel();
    return response.status;
  } catch (error) {
    return (error as Error).name;
  }
}

async function restarts(app: AppServer, reason: string): Promise<number> {
  return (await app.scrape()).sum("promslab_worker_restarts_total", `reason="${reason}"`);
}

Deno.test("a worker that crashes is replaced, and what it counted stays", async () => {
  await using app = await startApp({ module: MODULE });
  await requestMany({ url: `${app.url}/ok`, total: 300, keepAlive: false });
  const before = await app.scrape();
  assertEquals(before.sum("http_requests_total", 'route="/ok"'), 300);

  assertEquals(await ask(`${app.url}/throw-later`), 200);
  await waitFor(async () => await restarts(app, "crash") === 1, { what: "the restart to be counted" });
  await waitFor(async () => await app.acceptingWorkers() === 3, {
    what: "three workers again",
  });
  const after = await app.scrape();
  assertEquals(after.decreasesSince(before), []);
  assertEquals(after.sum("http_requests_total", 'route="/ok"'), 300);
  assertEquals(after.sum("http_requests_total", 'route="/throw-later"'), 1);

  await requestMany({ url: `${app.url}/ok`, total: 300, keepAlive: false });
  const last = await app.scrape();
  assertEquals(last.sum("http_requests_total", 'route="/ok"'), 600);
  assertEquals(last.sum("http_requests_in_flight"), 0);
  assertMatch(
    app.command.stderr,
    /worker \d: ended as it threw Error: thrown outside of any request; replaced/,
  );
});

Deno.test("a handler that throws costs its own request only", async () => {
  await using app = await startApp({ module: MODULE, workers: 1 });
  const response = await fetch(`${app.url}/throw`);
  assertEquals([response.status, await response.text()], [500, "Internal Server Error\n"]);
  assertEquals(await ask(`${app.url}/ok`), 200);
  const scrape = await app.scrape();
  assertEquals(scrape.sum("http_requests_total", 'route="/throw"', 'status="500"'), 1);
  assertEquals(scrape.sum("promslab_worker_restarts_total"), 0);
  assertMatch(app.command.stderr, /GET "\/throw": the handler threw.*secret detail/);
});

Deno.test("the admin port gives complete totals while a worker is in an endless loop", async () => {
  await using app = await startApp({ module: MODULE, flags: ["--hang-seconds", "0"] });
  await requestMany({ url: `${app.url}/ok`, total: 200, keepAlive: false });
  const spinning = ask(`${app.url}/spin`, 60_000);
  // Short connections are spread by the kernel: those that the spinning worker got are never answered.
  await waitFor(async () => (await app.scrape()).sum("http_requests_in_flight") === 1, { what: "the spin" });
  // The client, and the thread of the server that answers: what they had no core for is not the loop's doing.
  const waitsMs = () => [coreWaitMs(), coreWaitMsOf(app.command.pid)];
  const latenciesMs: number[] = [];
  for (let i = 0; i < 500; i++) {
    const [startMs, startWaitsMs] = [performance.now(), waitsMs()];
    const scrape = await app.scrape();
    // The larger of the two alone, as both may wait at the same time.
    const waitedMs = Math.max(...waitsMs().map((ms, who) => ms - startWaitsMs[who]));
    latenciesMs.push(performance.now() - startMs - waitedMs);
    assertEquals(scrape.sum("http_requests_total", 'route="/ok"'), 200);
  }
  latenciesMs.sort((a, b) => a - b);
  const [p50, p99, max] = [250, 494, 499].map((rank) => latenciesMs[rank].toFixed(1));
  console.log(`500 scrapes beside an endless loop: p50 ${p50} ms, p99 ${p99} ms, max ${max} ms`);
  assertLess(latenciesMs[250], 20, "half of the scrapes are fast even on a busy machine");
  app.command.kill("SIGKILL");
  assert(typeof await spinning === "string");
});

Deno.test("a worker in an endless loop is replaced, with its counts kept, and its listener goes with it", async () => {
  await using app = await startApp({ module: MODULE, flags: ["--hang-seconds", "1.5"] });
  await requestMany({ url: `${app.url}/ok`, total: 100, keepAlive: false });
  const looping = ask(`${app.url}/loop`, 60_000);
  await waitFor(async () => {
    const counted = await restarts(app, "hang");
    return counted > 0 && counted === endsSaid(app, HUNG);
  }, { what: "the restart", deadlineMs: 20_000 });
  assertEquals(typeof await looping, "string", "the connection is cut");
  await waitFor(async () => await app.acceptingWorkers() === 3, {
    what: "three workers again",
  });
  const looped = (await app.scrape()).sum("app_hits_total", 'path="loop"');
  assert(looped > 1000, `${looped} hits were counted in the loop`);
  const load = await requestMany({ url: `${app.url}/ok`, total: 200, keepAlive: false });
  assertEquals([...load.errors], [], "no connection goes to the dead worker");
  const scrape = await app.scrape();
  assertEquals(scrape.sum("http_requests_total", 'route="/ok"'), 300);
  assertEquals(scrape.sum("app_hits_total", 'path="loop"'), looped, "nobody writes any more");
  assertEquals(scrape.sum("http_requests_in_flight"), 0);
});

Deno.test("a worker in a crash loop makes the server not ready, while the others serve, until its cause is gone", async () => {
  const folder = await Deno.makeTempDir();
  const file = `${folder}/broken`;
  try {
    await using app = await startApp({
      module: "tests/testdata/apps/crash_loop_app.ts",
      env: { CRASH_WHILE_FILE: file },
    });
    const readiness = async () => {
      const response = await fetch(`${app.adminUrl}/-/ready`);
      return { status: response.status, line: (await response.text()).trimEnd() };
    };
    assertEquals(await readiness(), { status: 200, line: "ready: 3 of 3 workers accept" });
    await Deno.writeTextFile(file, "");
    const looping = await waitFor(async () => {
      const now = await readiness();
      return now.status === 503 ? now : undefined;
    }, { what: "the crash loop to be told", deadlineMs: 120_000 });
    assertMatch(
      looping.line,
      /^not ready: [23] of 3 workers accept; worker 1 is in a crash loop, ended last as it threw an error$/,
    );
    assert(await restarts(app, "crash") >= 5);
    await waitFor(async () => {
      const before = await restarts(app, "crash");
      const { errors } = await requestMany({ url: app.url, total: 100, keepAlive: false });
      if (errors.size === 0) return true;
      // A try of the broken worker took connections with it, then: the next one comes ten seconds later.
      await waitFor(async () => await restarts(app, "crash") > before, {
        what: "the end that explains the errors",
      });
      return false;
    }, { what: "a hundred requests that the others answer", deadlineMs: 120_000 });
    await waitFor(async () => {
      const scrape = await app.scrape();
      return scrape.sum("promslab_workers", 'state="crash_loop"') === 1 &&
        scrape.sum("promslab_workers", 'state="live"') === 2;
    }, { what: "two live workers beside the loop" });

    await Deno.remove(file);
    const ready = await waitFor(async () => {
      const now = await readiness();
      return now.status === 200 ? now : undefined;
    }, { what: "a worker that lives", deadlineMs: 120_000, pauseMs: 200 });
    assertEquals(ready.line, "ready: 3 of 3 workers accept");
    assertEquals((await app.scrape()).sum("promslab_workers", 'state="crash_loop"'), 0);
    const tells = () => app.command.stderr.split("\n").filter((line) => line.includes("crash loop"));
    await waitFor(() => tells().length >= 2, { what: "the log to tell of the end" });
    const told = tells();
    assertEquals(told.length, 2, told.join("\n"));
    assertMatch(told[0], /worker 1: crash loop, 5 in a row ended before they had accepted for 10 s/);
    assertMatch(told[1], /worker 1: out of its crash loop/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a worker that reaches its heap limit is replaced, and the process lives", async () => {
  await using app = await startApp({ module: MODULE, workers: 2, flags: ["--worker-heap-mb", "64"] });
  assertEquals(typeof await ask(`${app.url}/heap`, 60_000), "string");
  await waitFor(async () => await restarts(app, "memory") === 1, { what: "the restart" });
  await waitFor(async () => await ask(`${app.url}/ok`) === 200, { what: "an answer" });
  assertEquals((await app.scrape()).sum("app_hits_total", 'path="/heap"'), 1);
});
