import { assert, assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import { TOP } from "../../../src/cli/top_command.ts";
import { TargetError, UsageError } from "../../../src/cli/usage_error.ts";

/** A server that answers every request like this, and what it was asked. */
function serverOf(answer: (count: number) => Response) {
  const asked: { path: string; headers: Headers }[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, ({ url, headers }) => {
    asked.push({ path: new URL(url).pathname, headers: new Headers(headers) });
    return answer(asked.length);
  });
  return {
    asked,
    url: `http://127.0.0.1:${server.addr.port}`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

/** What the command prints of a server, and with what it ends. */
async function top(target: string, flags: Record<string, string> = {}) {
  const lines: string[] = [];
  const log = console.log;
  console.log = (text: string) => void lines.push(...text.split("\n"));
  try {
    const values = new Map(Object.entries({ once: "", interval: "0.1", ...flags }));
    return { code: await TOP.run({ target, values }), text: lines.join("\n") };
  } finally {
    console.log = log;
  }
}

const metrics = (value: number) =>
  new Response(`# TYPE jobs_total counter\njobs_total ${value}\n# TYPE depth gauge\ndepth 3\n`, {
    headers: { "content-type": "text/plain; version=0.0.4" },
  });

Deno.test("top looks twice at a server, prints once what counted meanwhile, and ends", async () => {
  await using server = serverOf((count) => metrics(count * 100));
  const { code, text } = await top(server.url);
  assertEquals([code, server.asked.length], [0, 2]);
  assertEquals(server.asked.map(({ path }) => path), ["/metrics", "/metrics"]);
  assertStringIncludes(text, `${server.url}/metrics`);
  assertStringIncludes(text, "2 families, 2 series");
  assertMatch(text, /^jobs +[\d.]+\/s +200$/m);
  assert(!text.includes("\x1b"), "nobody's terminal is drawn on");
});

Deno.test("top asks for what it can read, with the token that it is given", async () => {
  await using server = serverOf(() => metrics(1));
  await top(`${server.url}/own/path`, { token: "secret" });
  const [{ path, headers }] = server.asked;
  assertEquals(path, "/own/path");
  assertEquals(headers.get("authorization"), "Bearer secret");
  assertStringIncludes(headers.get("accept") ?? "", "text/plain");
});

Deno.test("top reads OpenMetrics too", async () => {
  await using server = serverOf((count) =>
    new Response(`# TYPE jobs counter\njobs_total ${count}\n# EOF\n`, {
      headers: { "content-type": "application/openmetrics-text; version=1.0.0" },
    })
  );
  const { text } = await top(server.url);
  assertStringIncludes(text, "1 family, 1 series");
  assertMatch(text, /^jobs +[\d.]+\/s +2$/m);
});

Deno.test("top says so where there are no metrics, or no server", async () => {
  await using page = serverOf(() => new Response("<html>not here</html>\n"));
  await assertRejects(() => top(page.url), TargetError, "these are no metrics");
  await using refusing = serverOf(() => new Response("no", { status: 403 }));
  await assertRejects(() => top(refusing.url), TargetError, "403");
});

Deno.test("top refuses times that are none before it asks", async () => {
  await using server = serverOf(() => metrics(1));
  for (const [flag, value] of [["interval", "0"], ["interval", "soon"], ["timeout", "0"]]) {
    await assertRejects(() => top(server.url, { [flag]: value }), UsageError);
  }
  assertEquals(server.asked.length, 0);
});
