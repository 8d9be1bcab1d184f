// needs: npx
/**
 * The examples start, answer and count, each by the command in its first lines.
 */
import { assertEquals, assertMatch } from "@std/assert";
import { scrape, startApp } from "../_support/app_server.ts";
import { filesUnder } from "../../tools/_run.ts";
import { ROOT, startCommand } from "../_support/command.ts";
import { freePort } from "../_support/free_port.ts";
import { waitFor } from "../_support/wait_for.ts";

for (const framework of ["hono", "oak", "express", "fastify"]) {
  Deno.test(`examples/${framework}.ts counts requests by the framework's routes`, async () => {
    await using command = await startCommand({
      command: ["deno", "run", "-A", `examples/${framework}.ts`],
      env: { PORT: String(freePort()) },
      ready: /listening on (http:\S+)/,
      deadlineMs: 120_000,
    });
    const url = command.ready![1];
    // WHY: a framework may say that it listens a moment before it does.
    const first = await waitFor(() => fetch(`${url}/users/17`), { what: "the first answer" });
    assertEquals(await first.json(), { id: "17" });
    assertEquals(await (await fetch(`${url}/users/18`)).json(), { id: "18" });
    assertEquals(await (await fetch(`${url}/stream`)).text(), "one\ntwo\nthree\n");
    assertEquals(await fetch(`${url}/fail`).then((r) => r.text().then(() => r.status)), 500);
    assertEquals(await fetch(`${url}/nothing`).then((r) => r.text().then(() => r.status)), 404);
    const samples = await scrape(`${url}/metrics`);
    const counted = [...samples.samples].filter(([line]) => line.startsWith("http_requests"));
    assertEquals(counted.sort(), [
      ["http_requests_in_flight", 0],
      ['http_requests_total{method="GET",route="/fail",status="500"}', 1],
      ['http_requests_total{method="GET",route="/stream",status="200"}', 1],
      ['http_requests_total{method="GET",route="/users/:id",status="200"}', 2],
      ['http_requests_total{method="GET",route="unmatched",status="404"}', 1],
    ]);
    assertEquals(samples.sum("http_response_streamed_bytes_total", 'route="/stream"'), 14);
    assertEquals(samples.sum("http_response_first_byte_seconds_count", 'route="/stream"'), 1);
    assertEquals(samples.sum("http_response_stream_duration_seconds_count"), 1);
  });
}

Deno.test("examples/hono_workers.ts names Hono's routes to the server", async () => {
  await using app = await startApp({ module: "examples/hono_workers.ts", workers: 2, deadlineMs: 120_000 });
  for (let i = 0; i < 20; i++) {
    const response = await fetch(`${app.url}/users/${i}`, { headers: { connection: "close" } });
    assertMatch(await response.text(), /"worker":[01]/);
  }
  assertEquals(await fetch(`${app.url}/nothing`).then((r) => r.text().then(() => r.status)), 404);
  const samples = await app.scrape();
  assertEquals(samples.sum("greetings_total"), 20);
  assertEquals(samples.sum("http_requests_total", 'route="/users/:id"'), 20);
  assertEquals(samples.sum("http_requests_total", 'route="unmatched"'), 1);
});

Deno.test("every program in examples is started by a test", async () => {
  const tests = await Promise.all(
    [...filesUnder("tests/e2e", ".ts"), "tests/_support/app_server.ts"].map((file) =>
      Deno.readTextFile(new URL(file, ROOT))
    ),
  );
  const frameworks = ["hono", "oak", "express", "fastify"].map((name) => `examples/${name}.ts`);
  // A folder with a main.ts is one program.
  const files = filesUnder("examples", ".ts");
  const isPart = (file: string) =>
    !file.endsWith("/main.ts") && files.includes(file.replace(/[^/]*$/, "main.ts"));
  const programs = files.filter((file) => !frameworks.includes(file) && !isPart(file));
  assertEquals(programs.filter((file) => !tests.some((text) => text.includes(file))), []);
});
