import { assert, assertEquals, assertMatch, assertRejects, assertThrows } from "@std/assert";
import { Collector } from "../../../src/collect/collector.ts";
import { Counter } from "../../../src/metric/counter.ts";
import { OtlpExporter, type OtlpExporterOptions } from "../../../src/push/otlp_exporter.ts";
import { Registry } from "../../../src/registry/registry.ts";
import { waitFor } from "../../_support/wait_for.ts";

/** A receiver that answers with the given responses, then with success. */
function startReceiver(...answers: Response[]) {
  const got: { headers: Headers; value: number }[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const { resourceMetrics: [{ scopeMetrics: [{ metrics: [metric] }] }] } = await request.json();
    got.push({ headers: request.headers, value: metric.sum.dataPoints[0].asDouble });
    return answers.shift() ?? Response.json({});
  });
  return Object.assign(server, { got, url: `http://127.0.0.1:${server.addr.port}/v1/metrics` });
}

function exporterFor(url: string, more: Partial<OtlpExporterOptions> = {}) {
  const registry = new Registry({ slabBytes: 1 << 20 });
  const jobs = new Counter({ name: "jobs_total", help: "Jobs.", registry });
  const problems: string[] = [];
  const exporter = new OtlpExporter({
    url,
    source: new Collector(registry),
    headers: { "x-a": "b" },
    backoffSeconds: 0.001,
    onProblem: (problem) => problems.push(problem),
    ...more,
  });
  return { exporter, jobs, problems };
}

Deno.test("OtlpExporter.export() sends what there is, and tells of what the receiver dropped", async () => {
  const partialSuccess = { rejectedDataPoints: "2", errorMessage: "too old" };
  await using receiver = startReceiver(Response.json({ partialSuccess }), new Response(null));
  const { exporter, jobs, problems } = exporterFor(receiver.url);
  jobs.inc(5);
  await exporter.export();
  await exporter.export();
  assertEquals(receiver.got.map(({ value }) => value), [5, 5]);
  assertEquals(receiver.got[0].headers.get("content-type"), "application/json");
  assertEquals(receiver.got[0].headers.get("x-a"), "b");
  assertEquals(problems, [`Receiver "${receiver.url}" rejected 2 data points: too old`]);
});

Deno.test("OtlpExporter.export() fails when the receiver does, or is not there", async () => {
  const receiver = startReceiver(new Response("no such path", { status: 404 }));
  const { exporter } = exporterFor(receiver.url);
  await assertRejects(() => exporter.export(), Error, "status 404, no such path");
  await receiver.shutdown();
  await assertRejects(() => exporter.export(), Error, "Cannot export to");
});

Deno.test("OtlpExporter repeats what may succeed later, and not what will not", async () => {
  const busy = () => new Response("busy", { status: 503 });
  const patient = new Response(null, { status: 429, headers: { "retry-after": "0" } });
  await using receiver = startReceiver(
    busy(),
    patient,
    busy(),
    Response.json({}),
    new Response("bad", { status: 400 }),
  );
  const { exporter, jobs, problems } = exporterFor(receiver.url, { intervalSeconds: 1 });
  jobs.inc();
  exporter.start();
  exporter.start();
  await waitFor(() => receiver.got.length === 4, { what: "three failures and a success" });
  assertEquals(problems, []);
  await waitFor(() => receiver.got.length === 5, { what: "the next export" });
  await waitFor(() => problems.length === 1, { what: "its problem" });
  assertMatch(problems[0], /status 400, bad$/);
  jobs.inc();
  await exporter.stop();
  await exporter.stop();
  assertEquals(receiver.got.map(({ value }) => value), [1, 1, 1, 1, 1, 2]);
});

Deno.test("OtlpExporter gives up when the next export is due, and stops at once", async () => {
  const answers = Array.from({ length: 200 }, () => new Response("busy", { status: 503 }));
  await using receiver = startReceiver(...answers);
  const { exporter, problems } = exporterFor(receiver.url, { intervalSeconds: 0.05, backoffSeconds: 0.02 });
  exporter.start();
  await waitFor(() => problems.length >= 2, { what: "two exports given up" });
  await exporter.stop();
  assert(problems.every((problem) => problem.endsWith("status 503, busy")), problems.join("\n"));
  const waiting = exporterFor(receiver.url, { intervalSeconds: 60, backoffSeconds: 3600 });
  waiting.exporter.start();
  await waiting.exporter.stop();
});

Deno.test("OtlpExporter refuses options that cannot be", () => {
  assertThrows(() => exporterFor("no address"), TypeError);
  for (const name of ["intervalSeconds", "timeoutSeconds", "backoffSeconds"]) {
    assertThrows(() => exporterFor("http://localhost", { [name]: 0 }), RangeError, name);
  }
});
