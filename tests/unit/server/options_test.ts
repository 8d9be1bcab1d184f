import { assertEquals, assertThrows } from "@std/assert";
import { detectHost } from "../../../src/host/detect.ts";
import { resolveOptions, type ServeOptions } from "../../../src/server/options.ts";
import { StartError } from "../../../src/server/start_error.ts";

const handler = "file:///app.ts";
const host = detectHost();

function refusal(options: ServeOptions): StartError {
  return assertThrows(() => resolveOptions(options, host), StartError);
}

Deno.test("resolveOptions() serves on loopback, one worker for each core, unless told otherwise", () => {
  const options = resolveOptions({ handler }, host);
  assertEquals(options.hostname, "127.0.0.1");
  assertEquals(options.adminHostname, "127.0.0.1");
  assertEquals([options.port, options.adminPort], [8000, 9464]);
  assertEquals(options.workers, host.cpuCount());
  assertEquals(options.drainSeconds, 10);
  assertEquals(options.metricsPath, "/metrics");
});

Deno.test("resolveOptions() names the option, what it was given and what is wanted", () => {
  const error = refusal({ handler, workers: 0 });
  assertEquals(error.message, 'Cannot use workers "0": wanted a whole number from 1 to 512');
  assertEquals(error.code, "BAD_OPTION");
  assertEquals(error.option, { name: "workers", value: "0", wanted: "a whole number from 1 to 512" });
});

Deno.test("resolveOptions() refuses values that an option cannot have", () => {
  const bad: Record<string, unknown[]> = {
    workers: [-1, 1.5, NaN, 513, "2"],
    port: [-1, 65536, 1.5, "80"],
    adminPort: [-1, 65536, true],
    hostname: ["", 1],
    adminHostname: [""],
    drainSeconds: [-1, NaN, Infinity],
    hangSeconds: [-0.1],
    metricsPath: ["metrics", "/a b", "/a?b"],
    heapMegabytesMax: [0, 1.5],
    adminRoutes: [{ "no-slash": () => new Response() }],
  };
  for (const [name, values] of Object.entries(bad)) {
    for (const value of values) {
      assertEquals(
        refusal({ handler, [name]: value } as ServeOptions).option?.name,
        name,
        `${name} ${value}`,
      );
    }
  }
  assertEquals(refusal({ handler: "./app.ts" }).option?.name, "handler");
});

Deno.test("resolveOptions() takes false for the admin port and the metrics path", () => {
  const options = resolveOptions({ handler, adminPort: false, metricsPath: false }, host);
  assertEquals([options.adminPort, options.metricsPath], [false, undefined]);
});
