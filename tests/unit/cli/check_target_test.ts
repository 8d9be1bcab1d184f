import { assertEquals } from "@std/assert";
import { checkBody, type CheckOptions, dialectOf } from "../../../src/cli/check_target.ts";

const bytes = (...lines: string[]) => new TextEncoder().encode(lines.map((line) => `${line}\n`).join(""));

function found(body: Uint8Array, options?: CheckOptions): string[] {
  return checkBody(body, options).findings.map(({ line, severity, code }) => `${line} ${severity} ${code}`);
}

const GOOD = bytes("# HELP jobs_total Jobs.", "# TYPE jobs_total counter", 'jobs_total{queue="a"} 3');

Deno.test("checkBody() has nothing to say about what is right", () => {
  assertEquals(checkBody(GOOD), { dialect: "text", families: 1, samples: 1, findings: [] });
});

Deno.test("checkBody() tells errors and style by line, in one list", () => {
  const body = bytes(
    "# TYPE wait_ms histogram",
    'wait_ms_bucket{le="1"} 3',
    'wait_ms_bucket{le="+Inf"} 2',
    "wait_ms_sum 4",
    "wait_ms_count 2",
    "jobs_total 1",
    "jobs_total 1",
    "no value",
  );
  assertEquals(found(body), [
    "1 style no-help",
    "1 style abbreviated-unit",
    "3 error not-cumulative",
    "6 style no-help",
    "7 error duplicate-series",
    "8 error bad-value",
  ]);
  assertEquals(found(body, { lint: false }).length, 3);
});

Deno.test("checkBody() looks at the style of OpenMetrics by the names that are queried", () => {
  const body = bytes("# TYPE jobs counter", "# HELP jobs Jobs.", "jobs_total 1.0", "# EOF");
  assertEquals(checkBody(body), { dialect: "openmetrics", families: 1, samples: 1, findings: [] });
});

Deno.test("checkBody() lets vLLM's names pass, which nobody can change, and only those", () => {
  const body = (name: string) => bytes(`# HELP ${name} h`, `# TYPE ${name} gauge`, `${name} 1`);
  assertEquals(found(body("vllm:num_requests_running")), []);
  assertEquals(found(body("job:requests")), ["1 style colon-in-name"]);
});

Deno.test("dialectOf() goes by the content type, and else by the last line", () => {
  const openMetrics = bytes("a 1", "# EOF");
  assertEquals(dialectOf(openMetrics), "openmetrics");
  assertEquals(dialectOf(GOOD), "text");
  assertEquals(dialectOf(GOOD, "application/openmetrics-text; version=1.0.0; charset=utf-8"), "openmetrics");
  assertEquals(dialectOf(openMetrics, "text/plain; version=0.0.4"), "text");
  assertEquals(dialectOf(openMetrics, "text/plain"), "openmetrics", "what says nothing is not believed");
  assertEquals(dialectOf(new Uint8Array()), "text");
});
