/** Several places in one mesh, all in this thread: a BroadcastChannel does not mind. */
import { assert, assertEquals } from "@std/assert";
import { ThreadMesh } from "../../../src/collect/thread_mesh.ts";
import { Counter } from "../../../src/metric/counter.ts";
import { Gauge } from "../../../src/metric/gauge.ts";
import { Registry } from "../../../src/registry/registry.ts";
import { createSlab } from "../../../src/slab/slab.ts";
import { slabStatus } from "../../../src/slab/slab_status.ts";
import { removalsForgotten } from "../../../src/slab/slab_writer.ts";
import { samplesOf, SMALL_SLAB_BYTES } from "../../_support/fleet.ts";
import { waitFor } from "../../_support/wait_for.ts";

function define(): { registry: Registry; hits: Counter; last: Gauge; each: Gauge } {
  const registry = new Registry({ slabBytes: SMALL_SLAB_BYTES });
  return {
    registry,
    hits: new Counter({ name: "hits_total", help: "h", registry }),
    last: new Gauge({ name: "last", help: "h", mode: "mostrecent", registry }),
    each: new Gauge({ name: "each", help: "h", mode: "all", registry }),
  };
}

const scrape = (mesh: ThreadMesh) => samplesOf(mesh.collector.blocks());

Deno.test("ThreadMesh: threads that start together find each other, and each answers for all", async () => {
  const channel = crypto.randomUUID();
  const threads = [define(), define(), define()];
  for (const { registry } of threads) assert(registry.slab.confined);
  const meshes = await Promise.all(threads.map(({ registry }) => ThreadMesh.join({ registry, channel })));
  threads.forEach(({ registry, hits, each }, i) => {
    assert(!registry.slab.confined, "others have the memory now");
    hits.inc(10 ** i);
    each.set(1);
  });
  for (const mesh of meshes) {
    assertEquals(mesh.size, 3);
    assertEquals(scrape(mesh).get("hits_total"), 111);
    assertEquals([...scrape(mesh).keys()].filter((name) => name.startsWith("each")), [
      'each{worker="0"}',
      'each{worker="1"}',
      'each{worker="2"}',
    ]);
  }
  for (const mesh of meshes) mesh.close();
});

Deno.test("ThreadMesh: a late thread is part of every scrape before it serves, and learns of threads that hang", async () => {
  const channel = crypto.randomUUID();
  const [first, hung, late] = [define(), define(), define()];
  const meshes = [await ThreadMesh.join({ registry: first.registry, channel })];
  const silent = await ThreadMesh.join({ registry: hung.registry, channel });
  hung.hits.inc(5);
  silent.close();
  const start = performance.now();
  meshes.push(await ThreadMesh.join({ registry: late.registry, channel, deadlineMs: 3_000 }));
  assertEquals(performance.now() - start < 5_000, true);
  late.hits.inc(2);
  for (const mesh of meshes) assertEquals(scrape(mesh).get("hits_total"), 7);
  for (const mesh of meshes) mesh.close();
});

Deno.test("ThreadMesh: tickets of all threads are in one order, also those drawn before it was joined", async () => {
  const channel = crypto.randomUUID();
  const [early, late] = [define(), define()];
  for (let i = 0; i < 100; i++) late.last.set(i);
  const meshes = [
    await ThreadMesh.join({ registry: early.registry, channel }),
    await ThreadMesh.join({ registry: late.registry, channel }),
  ];
  early.last.set(7);
  assertEquals(meshes.map((mesh) => scrape(mesh).get("last")), [7, 7]);
  late.last.set(8);
  assertEquals(meshes.map((mesh) => scrape(mesh).get("last")), [8, 8]);
  for (const mesh of meshes) mesh.close();
});

Deno.test("ThreadMesh: a removal of one thread acts in all", async () => {
  const channel = crypto.randomUUID();
  const registries = [0, 1].map(() => new Registry({ slabBytes: SMALL_SLAB_BYTES }));
  const counters = registries.map((registry) =>
    new Counter({ name: "jobs_total", help: "h", labelNames: ["kind"], registry })
  );
  const meshes = await Promise.all(registries.map((registry) => ThreadMesh.join({ registry, channel })));
  for (const counter of counters) counter.inc({ kind: "a" });
  counters[0].remove("a");
  await waitFor(() => meshes.every((mesh) => scrape(mesh).size === 0), {
    deadlineMs: 5_000,
    what: "the series to vanish everywhere",
  });
  counters[1].inc({ kind: "a" }, 3);
  assertEquals(meshes.map((mesh) => scrape(mesh).get('jobs_total{kind="a"}')), [3, 3]);
  for (const mesh of meshes) mesh.close();
});

Deno.test("ThreadMesh: removals whose threads have all acted leave no record", async () => {
  const channel = crypto.randomUUID();
  const registries = [0, 1, 2].map(() => new Registry({ slabBytes: SMALL_SLAB_BYTES }));
  const gauges = registries.map((registry) =>
    new Gauge({ name: "depth", help: "h", labelNames: ["queue"], registry })
  );
  const meshes = await Promise.all(registries.map((registry) => ThreadMesh.join({ registry, channel })));
  for (let k = 0; k < 100; k++) gauges[0].remove(`none ${k}`);
  await waitFor(() => removalsForgotten(registries[0].slab) === 100, { what: "all threads to have acted" });
  const used = slabStatus(registries[0].slab).usedBytes;
  for (let k = 0; k < 100; k++) gauges[0].remove(`none ${k}`);
  assertEquals(slabStatus(registries[0].slab).usedBytes, used);
  for (const mesh of meshes) mesh.close();
});

/** A thread that counts jobs and has joined no mesh yet. */
function jobThread(ttlSeconds = 0) {
  const registry = new Registry({ slabBytes: SMALL_SLAB_BYTES });
  return {
    registry,
    jobs: new Counter({ name: "jobs_total", help: "h", labelNames: ["kind"], ttlSeconds, registry }),
  };
}

/** Some such threads in one mesh. */
async function jobThreads(count: number, { ttlSeconds = 0, channel = crypto.randomUUID() } = {}) {
  const join = async () => {
    const thread = jobThread(ttlSeconds);
    return { ...thread, mesh: await ThreadMesh.join({ registry: thread.registry, channel }) };
  };
  return await Promise.all(Array.from({ length: count }, join));
}

Deno.test("ThreadMesh: a removal also takes out what a thread has that hangs, or has ended, until it acts itself", async () => {
  const threads = await jobThreads(3);
  const [first, second, hung] = threads;
  for (const { jobs } of threads) for (const kind of ["a", "b"]) jobs.inc({ kind });
  const child = hung.jobs.labels("a");
  hung.mesh.close();
  first.jobs.remove("a");
  const others = [['jobs_total{kind="b"}', 3]];
  for (const { mesh } of [first, second]) assertEquals([...scrape(mesh)], others);
  child.inc(5);
  first.jobs.inc({ kind: "a" }, 2);
  for (const { mesh } of [first, second]) {
    assertEquals(scrape(mesh).get('jobs_total{kind="a"}'), 2, "what was made after the removal counts");
  }
  assertEquals(scrape(hung.mesh).get('jobs_total{kind="a"}'), 2, "it comes to itself, and acts");
  child.inc(4);
  for (const { mesh } of threads) assertEquals(scrape(mesh).get('jobs_total{kind="a"}'), 6);
  for (const { mesh } of threads) mesh.close();
});

Deno.test("ThreadMesh: a reset has what a hung thread counted before count no more", async () => {
  const threads = await jobThreads(2);
  const [first, hung] = threads;
  for (const { jobs } of threads) jobs.inc({ kind: "a" }, 7);
  hung.mesh.close();
  first.jobs.reset();
  first.jobs.inc({ kind: "a" });
  assertEquals([...scrape(first.mesh)], [['jobs_total{kind="a"}', 1]]);
  for (const { mesh } of threads) mesh.close();
});

Deno.test("ThreadMesh: an idle series of a thread that has ended is removed once, not at each scrape", async () => {
  const threads = await jobThreads(3, { ttlSeconds: 0.1 });
  const [first, second, ended] = threads;
  ended.jobs.inc({ kind: "a" });
  ended.mesh.close();
  for (const { mesh } of [first, second]) {
    await waitFor(() => scrape(mesh).size === 0, { what: "the idle series to vanish" });
  }
  const used = () => [first, second].map(({ registry }) => slabStatus(registry.slab).usedBytes);
  const before = used();
  for (let k = 0; k < 200; k++) for (const { mesh } of [first, second]) assertEquals(scrape(mesh).size, 0);
  assertEquals(used(), before);
  for (const { mesh } of [first, second]) mesh.close();
});

Deno.test("ThreadMesh: a thread that joins is not meant by removals from before, nor others by its own", async () => {
  const channel = crypto.randomUUID();
  const [first, hung] = await jobThreads(2, { channel });
  for (const { jobs } of [first, hung]) for (const kind of ["a", "b"]) jobs.inc({ kind });
  hung.mesh.close();
  first.jobs.remove("a");
  const { registry, jobs } = jobThread();
  for (let k = 0; k < 5; k++) jobs.remove("b");
  jobs.inc({ kind: "a" }, 9);
  const late = await ThreadMesh.join({ registry, channel });
  jobs.inc({ kind: "a" }, 1);
  jobs.inc({ kind: "b" }, 1);
  for (const mesh of [first.mesh, late, first.mesh]) {
    assertEquals([...scrape(mesh)], [['jobs_total{kind="a"}', 10], ['jobs_total{kind="b"}', 3]]);
  }
  first.jobs.remove("a");
  for (const mesh of [late, first.mesh]) assertEquals([...scrape(mesh)], [['jobs_total{kind="b"}', 3]]);
  for (const mesh of [first.mesh, late]) mesh.close();
});

Deno.test("ThreadMesh.exposeSelfMetrics(): each thread tells of all, nothing is counted twice, nothing decreases", async () => {
  const channel = crypto.randomUUID();
  const threads = [0, 1, 2].map(() => {
    const registry = new Registry({ slabBytes: SMALL_SLAB_BYTES });
    return {
      registry,
      narrow: new Gauge({ name: "narrow", help: "h", labelNames: ["x"], maxSeries: 1, registry }),
    };
  });
  const drop = (who: number, times: number) => {
    for (let i = 0; i <= times; i++) threads[who].narrow.set({ x: i }, 1);
  };
  const join = async (who: number) => {
    const mesh = await ThreadMesh.join({ registry: threads[who].registry, channel });
    mesh.exposeSelfMetrics();
    mesh.exposeSelfMetrics();
    return mesh;
  };
  const meshes = [await join(0), await join(1)];
  const dropped = 'promslab_dropped_total{what="series"}';
  let last = 0;
  const look = (mesh: ThreadMesh) => {
    const samples = scrape(mesh);
    const now = samples.get(dropped)!;
    assert(now >= last, `${now} drops in one thread's scrape, ${last} in another's before`);
    last = now;
    return samples;
  };
  drop(0, 3);
  for (const mesh of meshes) assertEquals(look(mesh).get(dropped), 3);
  drop(1, 5);
  for (const mesh of meshes.toReversed()) assertEquals(look(mesh).get(dropped), 8);
  meshes.push(await join(2));
  drop(2, 1);
  for (const mesh of meshes) assertEquals(look(mesh).get(dropped), 9);
  await waitFor(() => meshes.every((mesh) => look(mesh).get('promslab_workers{state="live"}') === 3), {
    what: "every thread to see three live ones",
  });
  for (const [who, mesh] of meshes.entries()) {
    const samples = look(mesh);
    for (const slot of [0, 1, 2]) {
      const label = `worker="${slot}"`;
      assertEquals(samples.get(`promslab_slab_size_bytes{${label}}`), SMALL_SLAB_BYTES);
      assertEquals(
        samples.get(`promslab_slab_series{${label}}`),
        slabStatus(threads[slot].registry.slab).seriesCount,
      );
      assert(samples.get(`promslab_worker_heartbeat_age_seconds{${label}}`)! < 60);
    }
    assertEquals(samples.get(`promslab_worker_heartbeat_age_seconds{worker="${who}"}`), 0);
    assertEquals(samples.has("promslab_conflicting_families_total"), false, "threads would not agree on it");
    assertEquals(samples.get("promslab_scrape_stale_children_total"), 0);
  }
  drop(1, 2);
  threads[1].registry.close();
  meshes[1].close();
  const others = [meshes[0], meshes[2]];
  await waitFor(() => others.every((mesh) => look(mesh).get('promslab_workers{state="ended"}') === 1), {
    what: "the others to learn of the end",
  });
  for (const mesh of others) {
    for (const source of mesh.collector.sources) if (source.slot === 1) mesh.collector.retire(source);
    assertEquals(look(mesh).get(dropped), 11);
    mesh.close();
  }
});

Deno.test("ThreadMesh: a slab of another layout version is left out", async () => {
  const channel = crypto.randomUUID();
  const problems: string[] = [];
  const { registry, hits } = define();
  const mesh = await ThreadMesh.join({ registry, channel, onProblem: (message) => problems.push(message) });
  const foreign = createSlab({ bytes: SMALL_SLAB_BYTES });
  new Int32Array(foreign)[1] = 99;
  const other = new BroadcastChannel(channel);
  other.postMessage({ kind: "joined", member: { id: "foreign", slab: foreign } });
  await waitFor(() => problems.length > 0, { deadlineMs: 5_000, what: "the slab to be refused" });
  assertEquals(problems[0].includes("layout version 99"), true, problems[0]);
  hits.inc();
  assertEquals(scrape(mesh).get("hits_total"), 1);
  other.close();
  mesh.close();
});

Deno.test("ThreadMesh: the gauges of a thread that said that it ends vanish, its counts stay", async () => {
  const channel = crypto.randomUUID();
  const [first, second] = [define(), define()];
  const meshes = await Promise.all(
    [first, second].map(({ registry }) => ThreadMesh.join({ registry, channel, background: true })),
  );
  const depth = [first, second].map(({ registry }) => new Gauge({ name: "depth", help: "h", registry }));
  depth.forEach((gauge) => gauge.set(2));
  second.hits.inc(3);
  assertEquals(scrape(meshes[0]).get("depth"), 4);
  second.registry.close();
  await waitFor(() => scrape(meshes[0]).get("depth") === 2, { what: "the gauge to vanish" });
  assertEquals(scrape(meshes[0]).get("hits_total"), 3);
  for (const mesh of meshes) mesh.close();
});

Deno.test("ThreadMesh: a thread that ends is taken out between two passes, not within one", async () => {
  const channel = crypto.randomUUID();
  const [ending, reading, other] = [define(), define(), define()];
  const meshes: ThreadMesh[] = [];
  for (const { registry } of [ending, reading, other]) {
    meshes.push(await ThreadMesh.join({ registry, channel }));
  }
  const hasSeen = ({ watch }: ThreadMesh) =>
    [...watch.workers.values()].some(({ state }) => state === "ended");
  const pass = Promise.withResolvers<void>();
  const turn = meshes[1].collector.exclusively(() => pass.promise);
  ending.registry.close();
  await waitFor(() => hasSeen(meshes[2]), { what: "a thread without a pass to see it" });
  assert(!hasSeen(meshes[1]));
  pass.resolve();
  await turn;
  await waitFor(() => hasSeen(meshes[1]), { what: "the other to see it after its pass" });
  for (const mesh of meshes) mesh.close();
});

Deno.test("ThreadMesh.join() gives a thread one place in a channel, however many copies of the library ask", async () => {
  // WHY: Deno mixes up a channel that is opened right after the last one was closed.
  const other = new BroadcastChannel(crypto.randomUUID());
  const channel = crypto.randomUUID();
  const [one, two] = await Promise.all([ThreadMesh.join({ channel }), ThreadMesh.join({ channel })]);
  assertEquals(one === two, true);
  one.close();
  const again = await ThreadMesh.join({ channel });
  assertEquals(again === one, false);
  again.close();
  other.close();
});

/** A channel whose messages come late, as to a thread that has just started on a busy machine. */
function slowChannel(name: string): BroadcastChannel {
  const channel = new BroadcastChannel(name);
  const timers = new Set<ReturnType<typeof setTimeout>>();
  return {
    get name() {
      return name;
    },
    set onmessage(listen: (event: MessageEvent) => void) {
      channel.onmessage = (event: MessageEvent) => {
        const timer = setTimeout(() => {
          timers.delete(timer);
          listen(event);
        }, 120);
        timers.add(timer);
      };
    },
    postMessage: (message: unknown) => channel.postMessage(message),
    close() {
      for (const timer of timers) clearTimeout(timer);
      channel.close();
    },
  } as unknown as BroadcastChannel;
}

Deno.test("ThreadMesh: threads that start together and hear each other late have slots of their own and one control block", async () => {
  const channel = crypto.randomUUID();
  const threads = [define(), define(), define()];
  const meshes = await Promise.all(
    threads.map(({ registry }) =>
      ThreadMesh.join({ registry, channel, openChannel: slowChannel, deadlineMs: 10_000 })
    ),
  );
  assertEquals(meshes.map(({ slot }) => slot).sort(), [0, 1, 2]);
  // The block is one, whatever object a thread has for it.
  assertEquals(threads.map(({ registry }) => registry.tickets.next()), [1, 2, 3]);
  threads.forEach(({ hits }) => hits.inc());
  for (const mesh of meshes) assertEquals(scrape(mesh).get("hits_total"), 3);
  for (const mesh of meshes) mesh.close();
});

Deno.test("ThreadMesh: a thread that joins beside one that hangs has a slot of its own, and one control block with it", async () => {
  const channel = crypto.randomUUID();
  const [busy, late] = [define(), define()];
  let hold = true;
  const held: (() => void)[] = [];
  const openChannel = (name: string) => {
    const opened = new BroadcastChannel(name);
    return {
      name,
      set onmessage(listen: (event: MessageEvent) => void) {
        opened.onmessage = (event) => hold ? held.push(() => listen(event)) : listen(event);
      },
      postMessage: (message: unknown) => opened.postMessage(message),
      close: () => opened.close(),
    } as unknown as BroadcastChannel;
  };
  const first = await ThreadMesh.join({ registry: busy.registry, channel, openChannel });
  for (let i = 0; i < 10; i++) busy.last.set(1);
  const second = await ThreadMesh.join({ registry: late.registry, channel, deadlineMs: 200 });
  hold = false;
  for (const hear of held) hear();
  await waitFor(() => first.size === 2 && second.size === 2, { what: "both to know each other" });
  assertEquals([first.slot, second.slot], [0, 1]);
  busy.each.set(10);
  late.each.set(20);
  const [ours, theirs] = [busy, late].map(({ registry }) => registry.tickets);
  await waitFor(() => ours.next() + 1 === theirs.next(), { what: "one control block" });
  late.last.set(2);
  for (const mesh of [first, second]) {
    const samples = scrape(mesh);
    assertEquals(
      ['each{worker="0"}', 'each{worker="1"}', "last"].map((name) => samples.get(name)),
      [10, 20, 2],
    );
  }
  for (const mesh of [first, second]) mesh.close();
});
