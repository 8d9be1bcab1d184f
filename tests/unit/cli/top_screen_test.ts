import { assertEquals, assertStringIncludes } from "@std/assert";
import { exposedFamilies, exposedTable } from "../../../src/cli/exposition_table.ts";
import { type Screen, topLines } from "../../../src/cli/top_screen.ts";
import { History } from "../../../src/dashboard/model/history.ts";
import { parseExposition } from "../../../src/exposition/check/parse_exposition.ts";

function body(requests: number): string {
  return [
    "# TYPE http_requests_total counter",
    `http_requests_total{method="GET",route="/a",status="200"} ${requests}`,
    'http_requests_total{method="GET",route="/a",status="500"} 0',
    "# TYPE http_request_duration_seconds histogram",
    `http_request_duration_seconds_bucket{method="GET",route="/a",le="0.1"} ${requests}`,
    `http_request_duration_seconds_bucket{method="GET",route="/a",le="+Inf"} ${requests}`,
    `http_request_duration_seconds_sum{method="GET",route="/a"} ${requests / 20}`,
    `http_request_duration_seconds_count{method="GET",route="/a"} ${requests}`,
    "# TYPE other_total counter",
    `other_total ${100 * requests}`,
    "",
  ].join("\n");
}

function linesOf(screen: Partial<Screen> = {}): string[] {
  const history = new History();
  let families = parseExposition(body(0), "text");
  for (const [i, requests] of [10, 30, 70].entries()) {
    families = parseExposition(body(requests), "text");
    history.add(exposedTable(families), 1000 + i);
  }
  const scrape = { seconds: 0.002, bytes: 2048 };
  const view = {
    url: "http://x/metrics",
    history,
    families: exposedFamilies(families),
    scrape,
    state: "live",
  };
  return topLines(view, { columns: 100, rows: Infinity, color: false, ...screen });
}

Deno.test("topLines() tells rates, routes, busiest counters and largest families", () => {
  const text = linesOf().join("\n");
  assertStringIncludes(
    text,
    "promslab top http://x/metrics\nlive, scraped in 2 ms, 2 KiB, 3 families, 4 series",
  );
  for (
    const line of [
      /^Requests +30\/s +70 in all$/m,
      /^Latency p50 +50\.0 ms /m,
      /^GET +\/a +40\/s +50\.0 ms +0 % +70$/m,
      /^other +4k\/s +7k$/m,
      /^http_requests_total +counter +2 +2$/m,
      /^Requests {2}[▁-█]{2} {2}40\/s$/m,
    ]
  ) assertEquals(line.test(text), true, `${line} in:\n${text}`);
  assertEquals(text.includes("\x1b"), false);
});

Deno.test("topLines() has a line for each stage and replica of a pipeline", () => {
  const series = (name: string, replica: number, value: number) =>
    `${name}{model_name="m",stage="0",replica="${replica}"} ${value}`;
  const body = (tokens: number) =>
    [
      "# TYPE vllm:num_requests_running gauge",
      ...[0, 1].map((replica) => series("vllm:num_requests_running", replica, 2 + replica)),
      "# TYPE vllm:generation_tokens_total counter",
      ...[0, 1].map((replica) => series("vllm:generation_tokens_total", replica, tokens * (1 + replica))),
      "",
    ].join("\n");
  const history = new History();
  [100, 150].forEach((tokens, i) => {
    history.add(exposedTable(parseExposition(body(tokens), "text")), 1000 + i);
  });
  const view = { url: "x", history, families: [], scrape: { seconds: 0, bytes: 0 }, state: "live" };
  const text = topLines(view, { columns: 120, rows: Infinity, color: false }).join("\n");
  for (
    const line of [
      /^stage 0, replica 0 +2 +– +– +50\/s +150 /m,
      /^stage 0, replica 1 +3 +– +– +100\/s +300 /m,
    ]
  ) {
    assertEquals(line.test(text), true, `${line} in:\n${text}`);
  }
});

Deno.test("topLines() keeps within the screen, and colours take no room", () => {
  const lines = linesOf({ columns: 30, rows: 9, color: true });
  assertEquals(lines.length, 9);
  assertEquals(lines[0].startsWith("\x1b[1mpromslab top"), true);
  for (const line of lines) {
    // deno-lint-ignore no-control-regex -- the escape character begins a change of colour
    assertEquals([...line.replace(/\x1b\[[0-9;]*m/g, "")].length <= 30, true, line);
  }
});

Deno.test("topLines() says so when nothing was seen yet", () => {
  const view = {
    url: "http://x/",
    history: new History(),
    families: [],
    scrape: { seconds: NaN, bytes: NaN },
    state: "Cannot read http://x/: no answer in 10 s",
  };
  const lines = topLines(view, { columns: 100, rows: 20, color: false });
  assertEquals(lines.length, 3);
  assertStringIncludes(lines[1], "no answer in 10 s");
});
