import { assertEquals } from "@std/assert";
import { familyRows, routeRows, scrapeFacts, stageRows } from "../../../../src/dashboard/model/rows.ts";
import { NO_REPORTS } from "../../../../src/dashboard/model/reports.ts";
import { counter, gauge, histogram, table } from "./_tables.ts";

Deno.test("routeRows() adds up the statuses of a route, the busiest first", () => {
  const labels = { method: "GET", route: "/a" };
  const look = (n: number) =>
    table(
      counter("http_requests", n, { ...labels, status: "200" }),
      counter("http_requests", 5, { ...labels, status: "500" }),
      counter("http_requests", 90, { method: "POST", route: "/b", status: "200" }),
      histogram("http_request_duration_seconds", { "1": n, "+Inf": 0 }, labels),
    );
  const rows = routeRows(look(20), { table: look(10), seconds: 5 });
  assertEquals(rows, [
    { method: "POST", route: "/b", requests: 90, failures: 0, rate: 0, meanSeconds: NaN },
    { method: "GET", route: "/a", requests: 25, failures: 5, rate: 2, meanSeconds: 0.5 },
  ]);
  assertEquals(routeRows(look(20))[0].rate, NaN);
});

Deno.test("routeRows() knows the names of OpenTelemetry, which counts by the histogram", () => {
  const name = "http_server_request_duration_seconds";
  const labels = { http_request_method: "GET", http_route: "/a" };
  const look = table(
    histogram(name, { "1": 3, "+Inf": 1 }, { ...labels, http_response_status_code: "200" }),
    histogram(name, { "1": 1, "+Inf": 0 }, { ...labels, http_response_status_code: "503" }),
  );
  const [{ requests, failures, meanSeconds }] = routeRows(look);
  assertEquals([requests, failures, meanSeconds], [5, 1, 0.5]);
});

Deno.test("familyRows() measures against the largest", () => {
  const family = (name: string, series: number) => ({
    name,
    type: "gauge",
    help: "",
    labelNames: [],
    series,
    samples: series,
  });
  const rows = familyRows([family("a", 1), family("b", 4), family("c", 4), family("d", 0)], 3);
  assertEquals(rows.map(({ name, share }) => [name, share]), [["b", 1], ["c", 1], ["a", 0.25]]);
});

Deno.test("stageRows() tells what pipelines have, by stage", () => {
  const labels = { model_name: "m", stage: "1", replica: "0" };
  const look = table(
    histogram("vllm_omni:diffusion_exec_s", { "1": 10, "2": 0, "+Inf": 0 }, labels),
    gauge("vllm_omni:stage_waiting_requests", 3, { model_name: "m", stage: "0" }),
    counter("vllm:prompt_tokens", 1),
  );
  assertEquals(stageRows(look), [
    { what: "stage_waiting_requests", where: "stage 0", kind: "gauge", value: 3, p50: NaN, p99: NaN },
    {
      what: "diffusion_exec_s",
      where: "stage 1, replica 0",
      kind: "histogram",
      value: 10,
      p50: 0.5,
      p99: 0.99,
    },
  ]);
  assertEquals(stageRows(table()), []);
});

Deno.test("scrapeFacts() tells what scrapes cost and what they left out", () => {
  const scrapes = {
    count: 2,
    secondsTotal: 0.03,
    bytesTotal: 3072,
    last: { seconds: 0.02, bytes: 2048, coding: "gzip" },
  };
  const look = table(counter("promslab_dropped", 7, { what: "series" }), counter("promslab_bad_slabs", 1));
  assertEquals(scrapeFacts(look, { ...NO_REPORTS, scrapes }).map(({ name, text }) => `${name}: ${text}`), [
    "Scrapes so far: 2",
    "Last one took: 20.0 ms",
    "On average: 15.0 ms",
    "Size of the last one: 2 KiB, gzip",
    "On average: 1.50 KiB",
    "Dropped series: 7",
    "Damaged slabs: 1",
  ]);
  assertEquals(scrapeFacts(table(), NO_REPORTS), []);
});
