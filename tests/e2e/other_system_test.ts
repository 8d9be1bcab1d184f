// needs: npx
/**
 * The server on a system that does not spread one port's connections over threads: Node is told that it runs on macOS.
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { startApp } from "../_support/app_server.ts";
import { requestMany } from "../_support/request_many.ts";
import { node } from "../_support/runtimes.ts";
import { waitFor } from "../_support/wait_for.ts";

const MACOS = `data:text/javascript,${
  encodeURIComponent('Object.defineProperty(process, "platform", { value: "darwin" });')
}`;

Deno.test("where a port cannot be shared, one worker serves, says so in one line, and can be replaced", async () => {
  const { program: [path, ...flags] } = await node();
  await using app = await startApp({
    program: [path, "--import", MACOS, ...flags],
    module: "tests/testdata/apps/faulty_app.ts",
    workers: 3,
    flags: ["--discourage-seconds", "0"],
    deadlineMs: 60_000,
  });
  assertEquals(
    app.command.stderr,
    "promslab: one worker instead of 3: macOS does not spread one port's connections over threads\n",
  );
  assertStringIncludes(app.command.stdout, "(1 worker)");
  assertEquals((await requestMany({ url: `${app.url}/ok`, total: 100 })).answered, 100);

  const stream = await fetch(`${app.url}/stream?count=20&ms=50`);
  app.command.kill("SIGHUP");
  await waitFor(() => app.command.stderr.includes("all workers are replaced"), { what: "the restart" });
  assertEquals(await (await fetch(`${app.url}/ok`)).text(), "worker 0\n");
  assert((await stream.text()).endsWith("chunk 20\n"), "the old worker's stream ends whole");
  assertEquals((await app.scrape()).sum("http_requests_total", 'route="/ok"'), 101);
  assertEquals((await app.command.stop()).code, 0);
});
