import { assertEquals } from "@std/assert";
import { Collector } from "../../../../src/collect/collector.ts";
import { Registry } from "../../../../src/registry/registry.ts";
import { HttpMeter, queueSeconds } from "../../../../src/server/http/http_meter.ts";
import type { HttpMetricsOptions } from "../../../../src/server/http/http_metrics_options.ts";
import { samplesOf } from "../../../_support/fleet.ts";

interface Sent {
  readonly method?: string;
  readonly route?: string;
  readonly status?: number;
  readonly path?: string;
  readonly headers?: Record<string, string>;
  readonly ms?: number;
}

/** A meter of these options, what to send through it, and what it counted. */
function meterOf(options: HttpMetricsOptions = {}) {
  const registry = new Registry({ slabBytes: 1 << 20 });
  const meter = new HttpMeter({ ...options, registry });
  const collector = new Collector(registry);
  const send = (sent: Sent, sizes?: { request: number | undefined; response: number | undefined }) => {
    const { method = "GET", route, status = 200, path = "/", headers = {}, ms = 1 } = sent;
    const request = { method, route, status, path, source: sent };
    const head = { method, url: `http://localhost${path}`, header: (name: string) => headers[name] ?? null };
    if (meter.begin(head)) meter.end(request, ms, sizes);
    return request;
  };
  const counted = (prefix: string) =>
    Object.fromEntries([...samplesOf(collector.blocks())].filter(([name]) => name.startsWith(prefix)));
  return { meter, send, counted };
}

Deno.test("HttpMeter counts by method, route and status", () => {
  const { send, counted } = meterOf();
  send({ route: "/a" });
  send({ route: "/a" });
  send({ route: "/a", status: 404 });
  send({ method: "POST", route: "/b" });
  send({ route: "/a" });
  assertEquals(counted("http_requests_total"), {
    'http_requests_total{method="GET",route="/a",status="200"}': 3,
    'http_requests_total{method="GET",route="/a",status="404"}': 1,
    'http_requests_total{method="POST",route="/b",status="200"}': 1,
  });
});

Deno.test("HttpMeter counts a request whose label has no value, or whose function throws, and takes it out of the gauge", () => {
  const fail = () => {
    throw new Error("no tenant");
  };
  const missing = () => undefined;
  for (const [labels, routeOf] of [[{ tenant: missing }, undefined], [{ tenant: fail }, fail]] as const) {
    const { send, counted } = meterOf({ labels, routeOf });
    send({});
    send({});
    assertEquals(counted("http_requests_"), {
      "http_requests_in_flight": 0,
      'http_requests_total{method="GET",route="unmatched",status="200",tenant=""}': 2,
    });
  }
});

Deno.test("HttpMeter observes durations in seconds", () => {
  const { send, counted } = meterOf({ buckets: [0.01, 1] });
  send({ route: "/a", ms: 5 });
  send({ route: "/a", ms: 500 });
  const labels = 'method="GET",route="/a",status="200"';
  assertEquals(counted("http_request_duration_seconds"), {
    [`http_request_duration_seconds_bucket{${labels},le="0.01"}`]: 1,
    [`http_request_duration_seconds_bucket{${labels},le="1"}`]: 2,
    [`http_request_duration_seconds_bucket{${labels},le="+Inf"}`]: 2,
    [`http_request_duration_seconds_sum{${labels}}`]: 0.505,
    [`http_request_duration_seconds_count{${labels}}`]: 2,
  });
});

Deno.test("HttpMeter remembers no invented method, however many come", () => {
  const { send, counted } = meterOf();
  for (let i = 0; i < 10_000; i++) send({ method: `M${i}` });
  assertEquals(counted("http_requests_total"), {
    'http_requests_total{method="other",route="unmatched",status="200"}': 10_000,
  });
});

Deno.test("HttpMeter bounds the series of a handler that names raw paths as routes", () => {
  const { send, counted } = meterOf({ maxSeries: 10 });
  for (let i = 0; i < 6_000; i++) send({ route: `/users/${i}` });
  const series = Object.values(counted("http_requests_total"));
  assertEquals(series.length, 11);
  assertEquals(series.reduce((sum, value) => sum + value), 6_000);
});

Deno.test("HttpMeter groups statuses if so told, but keeps 499 apart", () => {
  const { send, counted } = meterOf({ groupStatus: true });
  for (const status of [200, 204, 404, 499]) send({ status });
  assertEquals(counted("http_requests_total"), {
    'http_requests_total{method="GET",route="unmatched",status="2xx"}': 2,
    'http_requests_total{method="GET",route="unmatched",status="499"}': 1,
    'http_requests_total{method="GET",route="unmatched",status="4xx"}': 1,
  });
});

Deno.test("HttpMeter counts neither what is excluded nor what is not included", () => {
  const excluding = meterOf({
    exclude: { paths: ["/health", /^\/internal\//], methods: ["OPTIONS"], routes: ["/private/:id"] },
  });
  excluding.send({ path: "/health" });
  excluding.send({ path: "/internal/x" });
  excluding.send({ method: "OPTIONS" });
  excluding.send({ route: "/private/:id", path: "/private/1" });
  excluding.send({ route: "/public", path: "/public" });
  assertEquals(excluding.counted("http_requests"), {
    "http_requests_in_flight": 0,
    'http_requests_total{method="GET",route="/public",status="200"}': 1,
  });

  const including = meterOf({ include: { routes: [/^\/api\//], paths: ["/special"] } });
  including.send({ route: "/api/:id", path: "/api/1" });
  including.send({ path: "/special" });
  including.send({ path: "/other" });
  including.send({ route: "/web", path: "/web" });
  assertEquals(including.counted("http_requests"), {
    "http_requests_in_flight": 0,
    'http_requests_total{method="GET",route="/api/:id",status="200"}': 1,
    'http_requests_total{method="GET",route="unmatched",status="200"}': 1,
  });
});

Deno.test("HttpMeter adds constant labels, and labels that the request decides", () => {
  const { send, counted } = meterOf({
    constLabels: { service: "shop" },
    labels: { tenant: ({ source }) => (source as Sent).headers?.tenant ?? "none" },
  });
  send({ route: "/a", headers: { tenant: "x" } });
  send({ route: "/a" });
  send({ route: "/a", headers: { tenant: "x" } });
  assertEquals(counted("http_requests_total"), {
    'http_requests_total{method="GET",route="/a",status="200",tenant="none"}': 1,
    'http_requests_total{method="GET",route="/a",status="200",tenant="x"}': 2,
  });
});

Deno.test("HttpMeter makes a route of the path where the handler named none", () => {
  const { send, counted } = meterOf({
    routeOf: (path) => /^\/files\//.test(path) ? path.replace(/\d+/g, ":n") : undefined,
  });
  send({ path: "/files/17" });
  send({ path: "/files/18" });
  send({ path: "/else" });
  send({ path: "/files/19", route: "/named" });
  assertEquals(counted("http_requests_total"), {
    'http_requests_total{method="GET",route="/files/:n",status="200"}': 2,
    'http_requests_total{method="GET",route="/named",status="200"}': 1,
    'http_requests_total{method="GET",route="unmatched",status="200"}': 1,
  });
});

Deno.test("HttpMeter has OpenTelemetry's names and attributes", () => {
  const { meter, send, counted } = meterOf({ preset: "opentelemetry" });
  send({ route: "/a" });
  send({ method: "BREW", status: 500 });
  meter.begin({ method: "PUT", url: "http://localhost/", header: () => null });
  assertEquals(
    Object.entries(counted("http_server_request_duration_seconds")).filter(([name]) =>
      name.includes("_count")
    ),
    [
      [
        'http_server_request_duration_seconds_count{http_request_method="GET",http_route="/a",http_response_status_code="200",error_type=""}',
        1,
      ],
      [
        'http_server_request_duration_seconds_count{http_request_method="_OTHER",http_route="",http_response_status_code="500",error_type="500"}',
        1,
      ],
    ],
  );
  assertEquals(counted("http_server_active_requests"), {
    'http_server_active_requests{http_request_method="GET"}': 0,
    'http_server_active_requests{http_request_method="PUT"}': 1,
    'http_server_active_requests{http_request_method="_OTHER"}': 0,
  });
  assertEquals(counted("http_requests_total"), {});
});

Deno.test("HttpMeter observes sizes that are known, if wanted", () => {
  const { send, counted } = meterOf({ sizes: true });
  send({ route: "/a" }, { request: 10, response: 1000 });
  send({ route: "/a" }, { request: undefined, response: 3000 });
  const sums = Object.entries(counted("http_re")).filter(([name]) => /_size_bytes_(sum|count)/.test(name));
  assertEquals(sums.map(([name, value]) => [name.replace(/\{.*/, ""), value]), [
    ["http_request_size_bytes_count", 1],
    ["http_request_size_bytes_sum", 10],
    ["http_response_size_bytes_count", 2],
    ["http_response_size_bytes_sum", 4000],
  ]);
});

Deno.test("HttpMeter observes a stream's first byte, bytes as they go, and duration", () => {
  const { meter, send, counted } = meterOf({ streams: true });
  const request = send({ route: "/s" });
  const count = meter.firstByte(request, 250);
  count!(100);
  count!(28);
  meter.streamEnd(request, 5000);
  const labels = '{method="GET",route="/s",status="200"}';
  assertEquals(counted("http_response_streamed"), { [`http_response_streamed_bytes_total${labels}`]: 128 });
  assertEquals(counted(`http_response_first_byte_seconds_sum`), {
    [`http_response_first_byte_seconds_sum${labels}`]: 0.25,
  });
  assertEquals(counted("http_response_stream_duration_seconds_sum"), {
    [`http_response_stream_duration_seconds_sum${labels}`]: 5,
  });
  assertEquals(meterOf({ streams: false }).meter.firstByte(request, 1), undefined);
});

Deno.test("HttpMeter observes the time in a proxy's queue, if told to believe it", () => {
  const { send, counted } = meterOf({ queueTime: true });
  send({ headers: { "x-request-start": `t=${(Date.now() - 2000) / 1000}` } });
  send({});
  assertEquals(counted("http_request_queue_seconds_count"), { http_request_queue_seconds_count: 1 });
  const [sum] = Object.values(counted("http_request_queue_seconds_sum"));
  assertEquals(Math.round(sum), 2);
});

Deno.test("queueSeconds() reads seconds, milliseconds and microseconds, and refuses nonsense", () => {
  const nowMs = 1_700_000_001_000;
  for (const header of ["1700000000", "t=1700000000.000", "1700000000000", "t=1700000000000000"]) {
    assertEquals(queueSeconds(header, nowMs), 1, header);
  }
  assertEquals(queueSeconds("1700000001.5", nowMs), 0, "a clock that is half a second ahead");
  for (const header of [null, "", "soon", "t=", "1", "1800000000"]) {
    assertEquals(queueSeconds(header, nowMs), undefined, String(header));
  }
});
