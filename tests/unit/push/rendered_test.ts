import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { Collector } from "../../../src/collect/collector.ts";
import { Gauge } from "../../../src/metric/gauge.ts";
import { render } from "../../../src/push/rendered.ts";
import { Registry } from "../../../src/registry/registry.ts";

Deno.test("render() asks callbacks first, and gives the body in the format of the name", async () => {
  const registry = new Registry({ slabBytes: 1 << 20 });
  new Gauge({ name: "a", help: "A.", registry, collect: (gauge) => gauge.set(7) });
  const source = new Collector(registry);
  const { contentType, chunks } = await render(source, "text");
  assertStringIncludes(contentType, "text/plain; version=0.0.4");
  assertStringIncludes(await new Blob([...chunks]).text(), "# TYPE a gauge\na 7\n");
  assertStringIncludes((await render(source, "protobuf")).contentType, "encoding=delimited");
});

Deno.test("render() ends when the check throws", async () => {
  const registry = new Registry({ slabBytes: 1 << 20 });
  new Gauge({ name: "a", help: "A.", registry });
  const seen: string[] = [];
  const check = ({ descriptor }: { descriptor: { name: string } }) => {
    seen.push(descriptor.name);
    throw new Error("not this one");
  };
  await assertRejects(() => render(new Collector(registry), "text", check), Error, "not this one");
  assertEquals(seen, ["a"]);
});
