import { assertEquals, assertStringIncludes } from "@std/assert";
import { Collector } from "../../../src/collect/collector.ts";
import { Registry } from "../../../src/registry/registry.ts";
import { resolveOptions } from "../../../src/server/options.ts";
import { stateServerInfo } from "../../../src/server/server_info.ts";
import { FakeHost } from "../../_support/fake_host.ts";
import { samplesOf } from "../../_support/fleet.ts";

Deno.test("stateServerInfo() states versions and configuration, without secrets and paths", () => {
  const registry = new Registry({ slabBytes: 1 << 20 });
  const host = new FakeHost();
  const options = resolveOptions({
    handler: "file:///home/me/app.ts",
    workers: 2,
    adminToken: "very-secret",
    tls: { cert: "certificate", key: "private" },
  }, host);
  stateServerInfo(host, options, registry);
  const lines = [...samplesOf(new Collector(registry).blocks()).keys()].join("\n");
  assertStringIncludes(lines, 'runtime="deno"');
  assertStringIncludes(lines, 'workers="2"');
  assertStringIncludes(lines, 'tls="true"');
  for (const hidden of ["very-secret", "certificate", "private", "/home"]) {
    assertEquals(lines.includes(hidden), false, hidden);
  }
});
