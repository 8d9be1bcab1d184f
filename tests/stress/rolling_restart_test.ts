/**
 * Rolling restarts under constant load: no accepted request is cut, and every answered one is counted.
 */
import { assert, assertEquals, assertLess } from "@std/assert";
import { startApp } from "../_support/app_server.ts";
import { rawLoad } from "../_support/raw_load.ts";

const REQUESTS = 100_000;

Deno.test("100 000 requests during rolling restarts are answered and counted, few of them at the second try", async () => {
  await using app = await startApp({
    module: "tests/testdata/apps/faulty_app.ts",
    workers: 2,
    flags: ["--discourage-seconds", "0.5"],
  });
  const restarting = setInterval(() => app.command.kill("SIGHUP"), 250);
  const load = await rawLoad({ port: app.port, path: "/ok", keptAlive: 16, short: 16, total: REQUESTS });
  clearInterval(restarting);
  const scrape = await app.scrape();
  const replaced = scrape.sum("promslab_worker_restarts_total", 'reason="rolling"');
  console.log(
    `${replaced} workers replaced in ${
      load.seconds.toFixed(1)
    } s; of ${REQUESTS} requests ${load.reset} were reset ` +
      `before any byte of the response (${
        (100 * load.reset / REQUESTS).toFixed(3)
      } %), each answered at the second try`,
  );
  assertEquals(load.cut, 0, "no response was cut");
  assertEquals(load.resetTwice, 0);
  assertEquals(load.answered, REQUESTS);
  assertEquals(scrape.sum("http_requests_total", 'route="/ok"'), REQUESTS);
  assert(replaced >= 2, `only ${replaced} workers were replaced`);
  assert(load.askedToClose > 0, "kept connections were told to close");
  assertLess(load.reset / REQUESTS, 0.012, "fewer than by closing without a word");
});
