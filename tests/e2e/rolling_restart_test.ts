/**
 * SIGHUP: new workers with the handler as it is now, no accepted request cut.
 */
import { assertEquals, assertMatch } from "@std/assert";
import { startApp } from "../_support/app_server.ts";
import { waitFor } from "../_support/wait_for.ts";

/** A handler whose answers tell its version. */
function source(version: string): string {
  return `export default { fetch: () => new Response("${version}") };\n`;
}

async function versions(url: string): Promise<Set<string>> {
  const found = new Set<string>();
  for (let i = 0; i < 20; i++) {
    const response = await fetch(url, { headers: { connection: "close" } });
    found.add(await response.text());
  }
  return found;
}

Deno.test("SIGHUP serves the handler as its file is now, and keeps what was counted", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const path = `${folder}/app.ts`;
    await Deno.writeTextFile(path, source("one"));
    await using app = await startApp({
      module: `file://${path}`,
      workers: 2,
      flags: ["--discourage-seconds", "0.1"],
    });
    assertEquals(await versions(app.url), new Set(["one"]));

    await Deno.writeTextFile(path, source("two"));
    app.command.kill("SIGHUP");
    await waitFor(() => app.command.stderr.includes("all workers are replaced"), { what: "the restart" });
    await waitFor(async () => (await versions(app.url)).size === 1, { what: "the old workers to be gone" });
    assertEquals(await versions(app.url), new Set(["two"]));
    const scrape = await app.scrape();
    assertEquals(scrape.sum("promslab_worker_restarts_total", 'reason="rolling"'), 2);
    assertEquals(scrape.sum("http_requests_total") >= 40, true);

    await Deno.writeTextFile(path, "export default {};\n");
    app.command.kill("SIGHUP");
    await waitFor(() => /not all workers are replaced: Cannot use handler/.test(app.command.stderr), {
      what: "the refusal",
    });
    assertEquals(await versions(app.url), new Set(["two"]), "the old workers go on");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("SIGHUP lets open streams of the old workers end whole", async () => {
  await using app = await startApp({
    module: "tests/testdata/apps/faulty_app.ts",
    workers: 2,
    flags: ["--discourage-seconds", "0"],
  });
  const streams = Array.from({ length: 10 }, () => fetch(`${app.url}/stream?count=20&ms=100`));
  await Promise.all(streams);
  app.command.kill("SIGHUP");
  await waitFor(() => app.command.stderr.includes("all workers are replaced"), { what: "the restart" });
  for (const stream of streams) assertMatch(await (await stream).text(), /chunk 20\n$/);
  const scrape = await waitFor(async () => {
    const now = await app.scrape();
    return now.sum("http_requests_in_flight") === 0 ? now : undefined;
  }, { what: "the last stream's end" });
  assertEquals(scrape.sum("http_requests_total", 'route="/stream"'), 10);
});
