import { assertEquals } from "@std/assert";
import { Collector } from "../../../../src/collect/collector.ts";
import { Registry } from "../../../../src/registry/registry.ts";
import { FastapiMeter } from "../../../../src/server/http/fastapi_meter.ts";
import { sampleValue } from "../../../_support/sample_value.ts";

Deno.test("FastapiMeter counts by handler, method and class of status, and leaves the server's own paths out", () => {
  const registry = new Registry({ slabBytes: 4 << 20 });
  const meter = new FastapiMeter(registry);
  const end = (route: string | undefined, status: number, method = "POST") => {
    meter.begin();
    meter.end({ method, route, status }, 250, {
      request: 12,
      response: route === undefined ? undefined : 300,
    });
  };
  end("/v1/completions", 200);
  end("/v1/completions", 201);
  end("/v1/completions", 404);
  end(undefined, 404, "INVENTED");
  for (const path of ["/metrics", "/health", "/load", "/ping", "/version", "/server_info"]) end(path, 200);
  const source = new Collector(registry);
  const value = (name: string, labels = {}) => sampleValue(source, name, labels);
  assertEquals(value("http_requests_total"), 4);
  assertEquals(
    value("http_requests_total", { handler: "/v1/completions", method: "POST", status: "2xx" }),
    2,
  );
  assertEquals(value("http_requests_total", { handler: "none", method: "other", status: "4xx" }), 1);
  assertEquals(value("http_request_duration_seconds_count", { handler: "/v1/completions" }), 3);
  const completions = { handler: "/v1/completions" };
  assertEquals(value("http_request_size_bytes_count", completions), 3);
  assertEquals(value("http_request_size_bytes_sum", completions), 36);
  assertEquals(value("http_response_size_bytes_sum", completions), 900);
  assertEquals(
    value("http_response_size_bytes_count", { handler: "none" }),
    1,
    "one of unknown size counts too",
  );
  assertEquals(value("http_response_size_bytes_sum", { handler: "none" }), 0);
  assertEquals(value("http_request_duration_highr_seconds_sum"), 1);
});
