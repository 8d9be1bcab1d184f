/**
 * Short, kept, streaming and leaving clients while workers are killed and replaced: nobody else loses a request, the
 * totals are what the clients had, the memory stays. It is run by the command of docs/internals/server.md, which takes
 * ten minutes; among the tests `LOAD_SECONDS` makes them fewer.
 */
import { assert, assertEquals, assertLess, assertMatch } from "@std/assert";
import { type AppServer, type Scrape, startApp } from "../_support/app_server.ts";
import { ROOT, runCommand } from "../_support/command.ts";
import { blocksOf, valueOf } from "../_support/guide_page.ts";
import { hadKey, mixedLoad, type MixedLoadResult } from "../_support/mixed_load.ts";
import { residentBytes } from "../_support/resident_bytes.ts";
import { waitFor } from "../_support/wait_for.ts";

const PAGE = "docs/internals/server.md";
const GIVEN_SECONDS = Deno.env.get("PROMSLAB_LOAD_SECONDS");
/** Enough for some workers to be killed and some to be replaced. */
const SHORT_SECONDS = 24;
const SECONDS = Number(GIVEN_SECONDS ?? SHORT_SECONDS);
/** How many workers are killed and replaced at least. */
const KILLED_MIN = 4;
const ROLLED_MIN = 3;
/**
 * The most connections that may be reset for each worker that is killed or replaced: of 28 clients on three workers those
 * whose connection waits to be accepted just then. Closing without a word before resets more.
 */
const RESETS_MAX = 14;
/** A short run ends while the heaps of the first workers still grow. */
const GROWTH_MAX = SECONDS >= 300 ? 1.1 : 1.5;
const PATHS = ["/short", "/kept", "/whole", "/left", "/die"];

/** Looks at the server about once a second until told to stop: one scrape after the other, or a late one would seem to fall. */
function observe(app: AppServer, restartEverySeconds: number) {
  const resident: number[] = [];
  const decreases: string[] = [];
  let isOver = false;
  let last: Scrape | undefined;
  const restarting = setInterval(() => app.command.kill("SIGHUP"), restartEverySeconds * 1000);
  const look = async () => {
    while (!isOver) {
      resident.push(residentBytes(app.command.pid));
      const scrape = await app.scrape();
      if (last !== undefined) decreases.push(...scrape.decreasesSince(last));
      last = scrape;
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
  };
  const looking = look();
  const stop = () => {
    isOver = true;
    clearInterval(restarting);
    return looking;
  };
  return {
    resident,
    decreases,
    stop,
    restarts: (reason: string) => last === undefined ? 0 : restarts(last, reason),
  };
}

function restarts(scrape: Scrape, reason: string): number {
  return scrape.sum("promslab_worker_restarts_total", `reason="${reason}"`);
}

/** What the server counted otherwise than the clients, in words. */
function differences(load: MixedLoadResult, scrape: Scrape): string[] {
  const lives = new Set([...load.had.keys()].map((key) => key.split(" ")[0]));
  for (const line of scrape.samples.keys()) {
    const life = /^app_seen_total\{life="(\w+)"/.exec(line)?.[1];
    if (life !== undefined) lives.add(life);
  }
  const had = (life: string, path: string) => load.had.get(hadKey(life, path)) ?? 0;
  const seen = (life: string, path: string) =>
    scrape.sum("app_seen_total", `life="${life}"`, `path="${path}"`);
  const byLife = [...lives].flatMap((life) =>
    PATHS.flatMap((path) => {
      // A killed worker has seen requests whose client got no whole response.
      const more = load.killed.has(life) ? Infinity : 0;
      const equal = seen(life, path) >= had(life, path) && seen(life, path) <= had(life, path) + more;
      return equal ? [] : [`life ${life} saw ${seen(life, path)} of ${path}, clients had ${had(life, path)}`];
    })
  );
  const byPath = PATHS.flatMap((path) => {
    const counted = scrape.sum("http_requests_total", `route="${path}"`);
    const sums = [had, seen].map((of) => [...lives].reduce((sum, life) => sum + of(life, path), 0));
    // What a client left in the very moment of its worker's death is not counted.
    const least = sums[0] - (path === "/left" ? LEAVING_CLIENTS * load.killed.size : 0);
    return counted >= least && counted <= sums[1]
      ? []
      : [`${counted} of ${path} counted, clients had ${sums[0]}, workers saw ${sums[1]}`];
  });
  return [...byLife, ...byPath];
}

/** Each of these may have left a stream in the moment before its worker died. */
const LEAVING_CLIENTS = 4;

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}

const WHAT = "with kills and rolling restarts, lose nothing but what killed workers had";

if (GIVEN_SECONDS === undefined) {
  Deno.test(`mixed clients for ${SHORT_SECONDS} s by the command of ${PAGE}, ${WHAT}`, async () => {
    const blocks = blocksOf(await Deno.readTextFile(new URL(PAGE, ROOT)));
    const [{ text }] = blocks.filter(({ words }) =>
      valueOf(words, "tested") === "tests/stress/mixed_load_test.ts"
    );
    const { code, stdout, stderr } = await runCommand({
      command: ["bash", "-euo", "pipefail", "-c", text],
      env: {
        LOAD_SECONDS: String(SHORT_SECONDS),
        PATH: `${Deno.execPath().replace(/\/[^/]*$/, "")}:${Deno.env.get("PATH") ?? ""}`,
        NO_COLOR: "1",
      },
      deadlineMs: 600_000,
    });
    console.log(stdout);
    assertEquals(code, 0, stderr);
    assertMatch(stdout, new RegExp(`requests in ${SHORT_SECONDS} s`));
  });
} else Deno.test(`mixed clients for ${SECONDS} s, ${WHAT}`, runMixedClients);

async function runMixedClients(): Promise<void> {
  await using app = await startApp({
    module: "tests/testdata/apps/life_app.ts",
    workers: 3,
    flags: ["--discourage-seconds", "0.5"],
  });
  const watch = observe(app, Math.min(60, Math.floor(SECONDS / 3)));
  const load = await mixedLoad({
    port: app.port,
    seconds: SECONDS,
    isEnough: ({ killed }) =>
      killed >= KILLED_MIN && watch.restarts("rolling") >= ROLLED_MIN &&
      watch.restarts("crash") >= killed / 2,
    killEverySeconds: Math.min(5, SECONDS / 6),
    // Killing the last one would refuse everybody for as long as a worker takes to start.
    mayKill: async () => await app.acceptingWorkers() >= 2,
  });
  await watch.stop();
  const scrape = await waitFor(async () => {
    const now = await app.scrape();
    const isCounted = restarts(now, "crash") >= load.killed.size / 2;
    return now.sum("http_requests_in_flight") === 0 && isCounted ? now : undefined;
  }, { what: "the last requests to end and the last crash to be counted", deadlineMs: 60_000 });

  const [crashes, rolled] = ["crash", "rolling"].map((reason) => restarts(scrape, reason));
  const third = Math.floor(watch.resident.length / 3);
  const [middle, end] = [watch.resident.slice(third, 2 * third), watch.resident.slice(2 * third)].map(median);
  const megabytes = (bytes: number) => (bytes / 1048576).toFixed(1);
  const cut = [...load.cut.values()].reduce((a, b) => a + b, 0);
  console.log(
    `${load.requests} requests in ${SECONDS} s, ${load.killed.size} workers killed, ${rolled} replaced by rolling restarts; ` +
      `${cut} responses cut, all of killed workers; ${load.reset} connections reset before any byte ` +
      `(${(100 * load.reset / load.requests).toFixed(3)} %) and tried again, ` +
      `${load.resetAgain} more than once, ${load.unconnected} refused; resident memory ${
        megabytes(middle)
      } MiB in the middle third, ${megabytes(end)} MiB in the last`,
  );
  assertEquals([...load.cut.keys()].filter((life) => !load.killed.has(life)), [], "only killed workers cut");
  assertEquals(load.failed, 0);
  assertEquals(load.refused, 0);
  assertEquals(differences(load, scrape), []);
  assertEquals(watch.decreases, []);
  // One that dies while a rolling restart replaces it is not replaced once more.
  assert(crashes <= load.killed.size && crashes >= load.killed.size / 2, `${crashes} crashes`);
  assert(rolled >= ROLLED_MIN && load.killed.size >= KILLED_MIN && load.askedToClose > 0);
  assertLess(load.reset / (load.killed.size + rolled), RESETS_MAX, "fewer than by closing without a word");
  assertLess(end, middle * GROWTH_MAX, "memory stays");
  assertEquals((await app.command.stop()).code, 0);
}
