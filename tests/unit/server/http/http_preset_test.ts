import { assertEquals } from "@std/assert";
import { OPENTELEMETRY_DURATION_BUCKETS } from "../../../../src/families/http_server.ts";
import { HTTP_PRESETS, knownMethod } from "../../../../src/server/http/http_preset.ts";

Deno.test("HTTP_PRESETS give as many label values as names", () => {
  for (const preset of Object.values(HTTP_PRESETS)) {
    const values = preset.labelValues({ method: "GET", route: "/a", status: 200 }, false);
    assertEquals(values.length, preset.labelNames.length);
    assertEquals(preset.inFlightLabelValues("GET").length, preset.inFlightLabelNames.length);
  }
});

Deno.test("knownMethod() keeps what HTTP defines", () => {
  assertEquals(["GET", "PATCH", "get", "BREW"].map((method) => knownMethod(method, "?")), [
    "GET",
    "PATCH",
    "?",
    "?",
  ]);
});

Deno.test("HTTP_PRESETS have the names and labels that the guide tells", async () => {
  const guide = await Deno.readTextFile(new URL("../../../../docs/guide/http_metrics.md", import.meta.url));
  const { prometheus, opentelemetry } = HTTP_PRESETS;
  for (const { families, labelNames } of [prometheus, opentelemetry]) {
    const words = [...Object.values(families).flatMap((family) => family?.name ?? []), ...labelNames];
    assertEquals(words.filter((word) => !guide.includes(`\`${word}\``)), []);
  }
  assertEquals(prometheus.labelNames, ["method", "route", "status"]);
  assertEquals(opentelemetry.families.requests, undefined, "OpenTelemetry counts by the histogram");
  assertEquals(opentelemetry.families.duration.name, "http_server_request_duration_seconds");
  // The bounds that the semantic conventions advise.
  assertEquals(
    OPENTELEMETRY_DURATION_BUCKETS,
    [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
  );
});
