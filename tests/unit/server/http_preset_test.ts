import { assertEquals } from "@std/assert";
import { HTTP_PRESETS, knownMethod } from "../../../src/server/http_preset.ts";

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
