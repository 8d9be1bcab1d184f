import { assertEquals } from "@std/assert";
import { Collector } from "../../../../src/collect/collector.ts";
import type { ByteSink } from "../../../../src/exposition/format.ts";
import { createTextFormat } from "../../../../src/exposition/text_sink.ts";
import { Counter } from "../../../../src/metric/counter.ts";
import { Gauge } from "../../../../src/metric/gauge.ts";
import { Registry } from "../../../../src/registry/registry.ts";
import { pauseEvery, runPass } from "../../../../src/server/scrape/scrape_pass.ts";

function familiesOf() {
  const registry = new Registry({ slabBytes: 1 << 20 });
  const collect = () => {
    throw new Error("no device");
  };
  new Counter({ name: "a_total", help: "A.", labelNames: ["x"], registry }).inc({ x: 1 });
  new Gauge({ name: "b", help: "B.", registry, collect });
  new Counter({ name: "c_total", help: "C.", registry });
  return new Collector(registry);
}

const namesOf = (sink: ByteSink) =>
  sink.finish().map((chunk) => new TextDecoder().decode(chunk)).join("").match(/^\w+/gm);

Deno.test("runPass() reports a family whose callback failed, and serves the others", async () => {
  const sink = createTextFormat().sink();
  const pass = await runPass(familiesOf(), sink, new Set(["a_total", "b", "c_total"]));
  assertEquals(pass, {
    series: 2,
    problems: [{ cause: "gathering", message: 'collect callback of family "b" failed' }],
  });
  assertEquals(namesOf(sink), ["a_total", "c_total"]);
});

Deno.test("runPass() does not report what was not asked for", async () => {
  const sink = createTextFormat().sink();
  assertEquals(await runPass(familiesOf(), sink, new Set(["c_total"])), { series: 1, problems: [] });
  assertEquals(namesOf(sink), ["c_total"]);
});

Deno.test("runPass() goes on behind a family that cannot be encoded", async () => {
  const sink = createTextFormat().sink();
  const failing: ByteSink = {
    samples(samples) {
      if (samples.descriptor.name === "a_total") throw new Error("too odd");
      sink.samples(samples);
    },
    finish: () => sink.finish(),
    release: () => sink.release(),
  };
  const pass = await runPass(familiesOf(), failing, new Set(["a_total", "c_total"]));
  assertEquals(pass, { series: 1, problems: [{ cause: "encoding", message: 'family "a_total": too odd' }] });
  assertEquals(namesOf(sink), ["c_total"]);
});

Deno.test("runPass() reports a slab that turns out damaged", async () => {
  const collector = familiesOf();
  collector.beforePass(() => void collector.stats.badSlabs++);
  const pass = await runPass(collector, createTextFormat().sink(), new Set(["c_total"]));
  assertEquals(pass.problems, [{ cause: "gathering", message: "a slab is damaged" }]);
});

Deno.test("pauseEvery() lets others run only when it is due", async () => {
  const order: string[] = [];
  setTimeout(() => order.push("other"), 0);
  const never = pauseEvery(60_000);
  assertEquals(never(), undefined);
  order.push("never");
  const always = pauseEvery(0);
  await always();
  order.push("always");
  assertEquals(order, ["never", "other", "always"]);
});
