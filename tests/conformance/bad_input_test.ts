/**
 * Every mistake of prom-client's error table, in both interfaces: the compat entry says exactly what prom-client's
 * successor says, promslab's own says what is wrong, wanted and given. Nothing is counted and nothing is registered.
 */
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import client from "promslab/compat";
import {
  Collector,
  collectRuntimeMetrics,
  Commit,
  Counter,
  exponentialBuckets,
  exponentialBucketsRange,
  Gauge,
  Histogram,
  linearBuckets,
  Pushgateway,
  Registry,
  snapshot,
  Summary,
} from "../../mod.ts";
import { createFormat } from "../../src/exposition/negotiate.ts";

/** A registry whose families are counted after each mistake. */
const registry = new Registry({ slabBytes: 1 << 20 });
const base = { name: "a_total", help: "A.", registry };
const theirs = { name: "a", help: "h", registers: [] as never[] };
const counter = new Counter({ name: "counted_total", help: "C.", labelNames: ["a", "b"], registry });
const plain = new Counter({ name: "plain_total", help: "P.", registry });
const exemplary = new Counter({ name: "exemplary_total", help: "E.", exemplars: true, registry });
const gauge = new Gauge({ name: "gauge", help: "G.", labelNames: ["a"], registry });
const histogram = new Histogram({ name: "histogram", help: "H.", labelNames: ["a"], registry });
const observed = histogram.labels("b");
const summary = new Summary({ name: "summary", help: "S.", labelNames: ["a"], registry });

/** A call that is wrong, and the error that it must throw: its class, and what its message is or begins with. */
type Mistake = [call: () => unknown, error: string];

interface Row {
  readonly compat: readonly Mistake[];
  readonly own: readonly Mistake[];
}

/** What TypeScript would not let anybody write. */
// deno-lint-ignore no-explicit-any
const any = (value: unknown) => value as any;

const ROWS: Readonly<Record<string, Row>> = {
  "no options": {
    compat: [[() => new client.Counter(any(undefined)), "TypeError: constructor expected a config object"]],
    own: [
      [
        () => new Counter(any(undefined)),
        "TypeError: Cannot define counter: wanted an options object, given undefined",
      ],
      [
        () => new Histogram(any(null)),
        "TypeError: Cannot define histogram: wanted an options object, given null",
      ],
    ],
  },
  "no help or no name": {
    compat: [
      [() => new client.Counter(any({ name: "a" })), "Error: Missing mandatory help parameter"],
      [() => new client.Gauge(any({ help: "h" })), "Error: Missing mandatory name parameter"],
    ],
    own: [
      [
        () => new Counter(any({ ...base, help: undefined })),
        'TypeError: Cannot define counter "a_total": wanted a help text, given undefined',
      ],
      [
        () => new Gauge(any({ help: "G.", registry })),
        "TypeError: Cannot define metric: wanted a name, given undefined",
      ],
    ],
  },
  "invalid metric name": {
    compat: [[() => new client.Counter({ ...theirs, name: "a b" }), "Error: Invalid metric name: a b"]],
    own: [[
      () => new Gauge({ ...base, name: "a b" }),
      'RangeError: Cannot define metric "a b": wanted a name of letters',
    ]],
  },
  "invalid label names": {
    compat: [[
      () => new client.Counter({ ...theirs, labelNames: ["a-b", "c d", "ok"] }),
      "Error: At least one label name is invalid: a-b,c d",
    ]],
    own: [[
      () => new Counter({ ...base, labelNames: ["ok", "a-b"] }),
      'RangeError: Cannot define label "a-b" of metric "a_total": wanted a name of letters',
    ]],
  },
  "collect is no function": {
    compat: [[
      () => new client.Gauge(any({ ...theirs, collect: 5 })),
      'Error: Optional "collect" parameter must be a function',
    ]],
    own: [[
      () => new Gauge(any({ ...base, collect: 5 })),
      'TypeError: Cannot define "a_total": wanted a function as collect, given number',
    ]],
  },
  "reserved label names": {
    compat: [
      [
        () => new client.Histogram({ ...theirs, labelNames: ["le"] }),
        "Error: le is a reserved label keyword",
      ],
      [
        () => new client.Summary({ ...theirs, labelNames: ["quantile"] }),
        "Error: quantile is a reserved label keyword",
      ],
    ],
    own: [
      [
        () => new Histogram({ ...base, name: "h", labelNames: ["le"] }),
        'RangeError: Cannot define label "le" of metric "h": the name is reserved',
      ],
      [
        () => new Summary({ ...base, name: "s", labelNames: ["quantile"] }),
        'RangeError: Cannot define label "quantile" of metric "s": the name is reserved',
      ],
    ],
  },
  "exemplars where there are none": {
    compat: [[
      () => new client.Counter({ ...theirs, enableExemplars: true, registers: [new client.Registry()] }),
      "TypeError: Exemplars are supported only on OpenMetrics registries",
    ]],
    own: [[
      () => plain.inc(1, { exemplar: { trace_id: "1" } }),
      'TypeError: Cannot keep an exemplar of counter "plain_total": wanted a definition with exemplars, it has none',
    ]],
  },
  "exemplar labels too long": {
    compat: [[
      () =>
        new client.Counter({ ...theirs, enableExemplars: true }).inc({
          exemplarLabels: { a: "x".repeat(128) },
        }),
      "RangeError: Label set size must be smaller than 128 UTF-8 chars",
    ]],
    own: [[
      () => exemplary.inc(1, { exemplar: { a: "x".repeat(128) } }),
      'RangeError: Cannot keep an exemplar of counter "exemplary_total"',
    ]],
  },
  "a counter goes down": {
    compat: [[() => new client.Counter(theirs).inc(-1), "Error: It is not possible to decrease a counter"]],
    own: [
      [
        () => plain.inc(-1),
        'RangeError: Cannot increment counter "plain_total": wanted a number from 0, given -1',
      ],
      [() => counter.inc({ a: 1, b: 2 }, -1), 'RangeError: Cannot increment counter "counted_total"'],
    ],
  },
  "a value that is no number": {
    compat: [
      [() => new client.Counter(theirs).inc(any("3ms")), "TypeError: Value is not a valid number: 3ms"],
      [() => new client.Gauge(theirs).inc(any("5")), "TypeError: Delta is not a valid number: 5"],
      [() => new client.Gauge(theirs).dec(any("5")), "TypeError: Delta is not a valid number: 5"],
      [() => new client.Gauge(theirs).set(any("5")), "TypeError: Value is not a valid number: 5"],
      [() => new client.Histogram(theirs).observe(any("y")), "TypeError: Value is not a valid number: y"],
      [() => new client.Summary(theirs).observe(any("x")), "TypeError: Value is not a valid number: x"],
    ],
    own: [
      [
        () => plain.inc(any("3ms")),
        'RangeError: Cannot increment counter "plain_total": wanted a number from 0, given "3ms"',
      ],
      [
        () => plain.inc(any(1n)),
        'RangeError: Cannot increment counter "plain_total": wanted a number from 0, given 1n',
      ],
      [
        () => gauge.inc({ a: 1 }, any("5")),
        'TypeError: Cannot increment gauge "gauge": wanted a number, given "5"',
      ],
      [
        () => gauge.dec({ a: 1 }, any("5")),
        'TypeError: Cannot decrement gauge "gauge": wanted a number, given "5"',
      ],
      [
        () => gauge.set({ a: 1 }, any("5")),
        'TypeError: Cannot set gauge "gauge": wanted a number, given "5"',
      ],
      [
        () => histogram.observe({ a: 1 }, NaN),
        'RangeError: Cannot observe with histogram "histogram": wanted a number',
      ],
      [
        () => summary.observe({ a: 1 }, any("x")),
        'RangeError: Cannot observe with summary "summary": wanted a number',
      ],
    ],
  },
  "an unknown label": {
    compat: [[
      () => new client.Counter({ ...theirs, labelNames: ["b", "a"] }).inc(any({ z: 1 })),
      "Error: Added label \"z\" is not included in initial labelset: [ 'a', 'b' ]",
    ]],
    own: [
      [
        () => counter.inc(any({ a: 1, b: 2, z: 3 })),
        'TypeError: Cannot find series of "counted_total": wanted labels {a, b}, given unknown label "z"',
      ],
      [
        () => counter.inc(any({ a: 1 })),
        'TypeError: Cannot find series of "counted_total": wanted labels {a, b}, "b" is missing',
      ],
      [() => counter.remove(any({ z: 3 })), 'TypeError: Cannot remove series of "counted_total"'],
      [
        () => plain.inc(any({ z: 1 })),
        'TypeError: Cannot find series of "plain_total": wanted labels {}, given unknown label "z"',
      ],
      [
        () => counter.inc(any(null)),
        'TypeError: Cannot find series of "counted_total": wanted labels as an object',
      ],
    ],
  },
  "too few or too many label values": {
    compat: [[
      () => new client.Counter({ ...theirs, labelNames: ["method", "endpoint"] }).labels("GET"),
      'Error: Invalid number of arguments (1): "GET" for label names (2): "method, endpoint".',
    ]],
    own: [
      [
        () => counter.labels("GET"),
        'TypeError: Cannot find series of "counted_total": wanted 2 label values (a, b), given 1',
      ],
      [
        () => plain.labels("GET"),
        'TypeError: Cannot find series of "plain_total": wanted no labels, given 1',
      ],
      [
        () => counter.remove("a", "b", "c"),
        'TypeError: Cannot remove series of "counted_total": wanted 2 label values',
      ],
    ],
  },
  "a name that is taken": {
    compat: [[
      () => {
        const registers = [new client.Registry()];
        new client.Counter({ ...theirs, registers });
        new client.Gauge({ ...theirs, registers });
      },
      "Error: A metric with the name a has already been registered.",
    ]],
    own: [
      [
        () => new Counter({ ...base, name: "plain_total" }),
        'DuplicateFamilyError: Cannot define counter "plain_total": it is defined already as a counter, but help',
      ],
      [
        () => new Gauge({ ...base, name: "histogram_sum" }),
        'DuplicateFamilyError: Cannot define gauge "histogram_sum"',
      ],
    ],
  },
  "an unknown format": {
    compat: [
      [() => new client.Registry(any("x")), "TypeError: Content type x is unsupported"],
      [() => new client.Registry().setContentType(any("x")), "Error: Content type x is unsupported"],
    ],
    own: [[
      () => createFormat({ name: any("x"), escaping: "underscores" }),
      'RangeError: Cannot make format "x"',
    ]],
  },
  "definitions that do not go together": {
    compat: [[
      () =>
        client.Registry.merge([
          new client.Registry(),
          any(new client.Registry(client.openMetricsContentType)),
        ]),
      "Error: Registers can only be merged if they have the same content type",
    ]],
    own: [[
      () => Counter.getOrCreate({ ...base, name: "plain_total", help: "P.", unit: "plain" }),
      'RangeError: Cannot define counter "plain_total"',
    ], [
      () => Gauge.getOrCreate({ ...base, name: "gauge", help: "G.", labelNames: ["b"] }),
      'DuplicateFamilyError: Cannot define gauge "gauge": it is defined already as a gauge, but labelNames ["a"] against ["b"]',
    ]],
  },
  "an unknown way to merge": {
    compat: [[
      () =>
        client.Registry.aggregate([[{ name: "a", help: "h", type: "gauge", aggregator: "zz", values: [] }]]),
      "Error: 'zz' is not a defined aggregator.",
    ]],
    own: [[() => new Gauge(any({ ...base, name: "g", mode: "zz" })), 'RangeError: Cannot define gauge "g"']],
  },
  "memory or registries of others that are none": {
    compat: [
      [() => client.AggregatorRegistry.setRegistries(any([{}])), "TypeError: Expected Registry, got object"],
      [() => client.WorkerRegistry.setRegistries(any("x")), "TypeError: Expected Registry, got string"],
    ],
    own: [
      [() => new Collector(any({})), "TypeError: Cannot make a collector: wanted a Registry, given object"],
      [
        () => new Gauge(any({ ...base, name: "g", registry: {} })),
        'TypeError: Cannot define "g": wanted a Registry as registry, given object',
      ],
      [
        () => registry.register(any({})),
        "TypeError: Cannot register a callback: wanted a function as collect, given undefined",
      ],
      [
        () => registry.register(any({ collect: () => {}, families: "gauge" })),
        'TypeError: Cannot register a callback: wanted the names of its families as an array, given "gauge"',
      ],
      [
        () => new Commit({ registry }).inc(any(histogram)),
        "TypeError: Cannot increment in a commit: wanted a counter or a gauge, or a child of one, given object",
      ],
      [
        () => new Commit({ registry }).inc(any(observed)),
        "TypeError: Cannot increment in a commit: wanted a counter or a gauge, or a child of one, given object",
      ],
      [
        () => new Commit({ registry }).set(any(plain), 1),
        "TypeError: Cannot set in a commit: wanted a gauge, or a child of one, given object",
      ],
      [() => new Collector(registry).addSlab(any({})), "SlabError: Cannot open slab"],
      [() => new Collector(registry).addSlab(new SharedArrayBuffer(64)), "SlabError: Cannot open slab"],
    ],
  },
  "runtime metrics without options": {
    compat: [[
      () => client.collectDefaultMetrics(any(1)),
      "TypeError: config must be null, undefined, or an object",
    ]],
    own: [[
      () => collectRuntimeMetrics(any(1)),
      "TypeError: Cannot collect runtime metrics: wanted an options object, given 1",
    ]],
  },
  "buckets that are none": {
    compat: [
      [() => client.linearBuckets(1, 1, 0), "Error: Linear buckets needs a positive count"],
      [() => client.exponentialBuckets(0, 2, 3), "Error: Exponential buckets needs a positive start"],
      [() => client.exponentialBuckets(1, 2, 0), "Error: Exponential buckets needs a positive count"],
      [() => client.exponentialBuckets(1, 1, 3), "Error: Exponential buckets needs a factor greater than 1"],
    ],
    own: [
      [
        () => linearBuckets(1, 1, 0),
        "RangeError: Cannot make linear buckets: wanted a count as a whole number from 1",
      ],
      [
        () => linearBuckets(1, 0, 3),
        "RangeError: Cannot make linear buckets: wanted a width above 0, given 0",
      ],
      [
        () => exponentialBuckets(0, 2, 3),
        "RangeError: Cannot make exponential buckets: wanted a start above 0",
      ],
      [
        () => exponentialBuckets(1, 1, 3),
        "RangeError: Cannot make exponential buckets: wanted a factor above 1",
      ],
      [
        () => exponentialBucketsRange(2, 1, 3),
        "RangeError: Cannot make exponential buckets: wanted a maximum above 2",
      ],
      [
        () => new Histogram({ ...base, name: "h", buckets: [2, 1] }),
        'RangeError: Cannot define histogram "h": wanted buckets in ascending order',
      ],
      [
        () => new Histogram({ ...base, name: "h", buckets: [NaN] }),
        'RangeError: Cannot define histogram "h": wanted finite numbers',
      ],
      [
        () => new Histogram({ ...base, name: "h", buckets: [] }),
        'RangeError: Cannot define histogram "h": wanted at least one bucket',
      ],
    ],
  },
};

/** The samples of all families of the registry. */
function samples(): number {
  let count = 0;
  for (const { block } of new Collector(registry).blocks()) count += block.series.length;
  return count;
}

function errorOf(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    const { name, message } = error as Error;
    return `${name}: ${message}`;
  }
  return "no error";
}

for (const [row, { compat, own }] of Object.entries(ROWS)) {
  Deno.test(`bad input, compat: ${row}`, () => {
    for (const [call, error] of compat) assertEquals(errorOf(call), error, call.toString());
  });
  Deno.test(`bad input, own interface: ${row}`, () => {
    const before = [registry.descriptors().length, samples()];
    for (const [call, error] of own) {
      const found = errorOf(call);
      assert(found.startsWith(error), `${call} gives "${found}", wanted "${error}"`);
    }
    assertEquals([registry.descriptors().length, samples()], before);
  });
}

Deno.test("bad input, compat: pushes that fail", async () => {
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    () => new Response("bad line", { status: 400 }),
  );
  const { port } = server.addr;
  const gateway = new client.Pushgateway(`http://127.0.0.1:${port}`, undefined, new client.Registry());
  for (const call of ["push", "pushAdd", "delete"] as const) {
    assertEquals(errorOf(() => gateway[call](any(undefined))), "Error: Missing jobName parameter");
    const error = await assertRejects(() => gateway[call]({ jobName: "j" }), Error);
    assertEquals(error.message, "push failed with status 400, bad line");
  }
  await server.shutdown();
  const silent = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  const late = new client.Pushgateway(
    `http://127.0.0.1:${(silent.addr as Deno.NetAddr).port}`,
    { timeout: 50 },
    new client.Registry(),
  );
  const pushed = assertRejects(() => late.push({ jobName: "j" }), Error, "Pushgateway request timed out");
  const connection = await silent.accept();
  await pushed;
  connection.close();
  silent.close();
});

Deno.test("bad input, own interface: pushes that fail", async () => {
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    () => new Response("bad line", { status: 400 }),
  );
  const silent = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  const urlOf = (port: number) => `http://127.0.0.1:${port}/`;
  const options = { url: urlOf(server.addr.port), job: "j", source: new Collector(registry) };
  const MISTAKES: readonly Mistake[] = [
    [
      () => new Pushgateway(any(undefined)),
      "TypeError: Cannot push: wanted an options object, given undefined",
    ],
    [
      () => new Pushgateway(any({ ...options, job: undefined })),
      "TypeError: Cannot push: wanted a job's name, given undefined",
    ],
    [() => new Pushgateway({ ...options, job: "" }), 'RangeError: Cannot push as job "": wanted a name'],
    [() => new Pushgateway({ ...options, url: "x" }), 'TypeError: Cannot push to "x": wanted an address'],
    [
      () => new Pushgateway({ ...options, timeoutSeconds: NaN }),
      "RangeError: Cannot push with timeoutSeconds NaN: wanted a number above 0",
    ],
    [
      () => new Pushgateway({ ...options, grouping: { "a-b": "x" } }),
      'RangeError: Cannot push with grouping label "a-b"',
    ],
  ];
  for (const [call, error] of MISTAKES) {
    const found = errorOf(call);
    assert(found.startsWith(error), `${call} gives "${found}", wanted "${error}"`);
  }
  const refused = new Pushgateway(options);
  const silentPort = (silent.addr as Deno.NetAddr).port;
  const late = new Pushgateway({ ...options, url: urlOf(silentPort), timeoutSeconds: 0.05 });
  for (const call of ["push", "pushAdd", "delete"] as const) {
    const status = await assertRejects(() => refused[call](), Error);
    assertEquals(status.message, `Cannot push to "${options.url}metrics/job/j": status 400, bad line`);
    const over = await assertRejects(() => late[call](), Error);
    assertEquals(over.message, `Cannot push to "${urlOf(silentPort)}metrics/job/j": no answer in 0.05 s`);
  }
  await server.shutdown();
  silent.close();
  const nobody = await assertRejects(() => refused.push(), Error);
  assert(nobody.message.startsWith(`Cannot push to "${options.url}metrics/job/j": `), nobody.message);
  assert(nobody.cause instanceof Error);
});

Deno.test("bad input, own interface: a snapshot of what is no collector", async () => {
  const none = await assertRejects(() => snapshot(any(registry)), TypeError);
  assertEquals(none.message, "Cannot take a snapshot: wanted a Collector, given object");
  const names = await assertRejects(() => snapshot(new Collector(registry), any({ names: "x" })), TypeError);
  assertEquals(names.message, 'Cannot take a snapshot: wanted names as an array, given "x"');
});

Deno.test("bad input, own interface: a callback that is refused does not stand in the way of others", async () => {
  const own = new Registry({ slabBytes: 1 << 18 });
  for (const bad of [{}, 5, null, { collect: () => {} }, { collect: () => {}, families: [1] }]) {
    assertStringIncludes(errorOf(() => own.register(any(bad))), "TypeError: Cannot register a callback");
  }
  const size = new Gauge({ name: "size", help: "S.", registry: own, collect: (metric) => metric.set(7) });
  assertEquals(await own.collect(), new Set());
  const [found] = await snapshot(new Collector(own), { names: [size.name] });
  assertEquals("value" in found && found.value, 7);
});

Deno.test("bad input, own interface: a slab that is none is refused by name and counted", () => {
  const collector = new Collector(registry);
  assertStringIncludes(errorOf(() => collector.addSlab(new SharedArrayBuffer(8))), "SlabError");
  assertEquals(collector.stats.badSlabs, 1);
});
