/**
 * A library that was imported over HTTP, as from a registry: its workers start too.
 */
import { assertEquals, assertMatch } from "@std/assert";
import { READY, scrape } from "../_support/app_server.ts";
import { ROOT, startCommand } from "../_support/command.ts";
import { plainImports } from "../_support/runtimes.ts";

Deno.test("a library and a handler that were imported over HTTP start their workers", async () => {
  await using origin = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const path = new URL(request.url).pathname.slice(1);
    try {
      const headers = { "content-type": "application/typescript" };
      return new Response(await Deno.readTextFile(new URL(path, ROOT)), { headers });
    } catch {
      return new Response(null, { status: 404 });
    }
  });
  const base = `http://127.0.0.1:${origin.addr.port}`;
  const importMap = await Deno.makeTempFile({ suffix: ".json" });
  await Deno.writeTextFile(importMap, JSON.stringify({ imports: await plainImports(new URL(`${base}/`)) }));
  try {
    await using command = await startCommand({
      command: [
        ...[
          "deno",
          "run",
          "--allow-net",
          "--allow-read",
          "--allow-env",
          "--allow-sys",
          "--no-config",
          "--no-check",
          "--no-lock",
          "--unstable-net",
          "--import-map",
          importMap,
        ],
        ...[`--allow-import=127.0.0.1:${origin.addr.port}`, `${base}/src/cli/main.ts`],
        ...["serve", `${base}/examples/app.ts`, "--workers", "2", "--port", "0", "--admin-port", "0"],
      ],
      ready: READY,
    });
    const response = await fetch(`${command.ready![1]}/users/ann`);
    assertMatch(await response.text(), /"hello":"ann"/);
    const samples = await scrape(`${command.ready![4]}/metrics`);
    assertEquals(samples.sum("http_requests_total", 'route="/users/:name"'), 1);
    assertEquals(samples.sum("promslab_workers", 'state="live"'), 2);
    assertEquals((await command.stop()).code, 0);
  } finally {
    await Deno.remove(importMap);
  }
});
