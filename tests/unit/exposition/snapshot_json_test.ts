import { assertEquals } from "@std/assert";
import { Collector, Counter, createSnapshotHandler, Gauge, Histogram, Registry } from "promslab";

function handlerOfSome(): (request: Request) => Promise<Response> {
  const registry = new Registry();
  new Counter({ name: "a_total", help: "A.", labelNames: ["route"], registry }).inc({ route: "/a=b" }, 3);
  new Gauge({ name: "b", help: "B.", registry }).set(-Infinity);
  new Gauge({ name: "c", help: "C.", registry }).set(NaN);
  new Histogram({ name: "d", help: "D.", buckets: [1], registry }).observe(2);
  return createSnapshotHandler(new Collector(registry));
}

async function get(path: string): Promise<{ status: number; body: unknown }> {
  const response = await handlerOfSome()(new Request(`http://localhost/api/v1/snapshot${path}`));
  return { status: response.status, body: await response.json() };
}

Deno.test("createSnapshotHandler() answers with the snapshot, odd numbers as strings", async () => {
  assertEquals(await get(""), {
    status: 200,
    body: {
      status: "success",
      data: [
        { kind: "counter", name: "a", labels: { route: "/a=b" }, value: 3 },
        { kind: "gauge", name: "b", labels: {}, value: "-Inf" },
        { kind: "gauge", name: "c", labels: {}, value: "NaN" },
        {
          kind: "histogram",
          name: "d",
          labels: {},
          count: 1,
          sum: 2,
          buckets: [{ le: 1, count: 0 }, { le: "+Inf", count: 1 }],
          gauge: false,
        },
      ],
    },
  });
});

Deno.test("createSnapshotHandler() narrows by prefix, name and label", async () => {
  const namesOf = async (path: string) =>
    ((await get(path)).body as { data: { name: string }[] }).data.map(({ name }) => name);
  assertEquals(await namesOf("?prefix=b"), ["b"]);
  assertEquals(await namesOf("?name=b&name=d"), ["b", "d"]);
  assertEquals(await namesOf("?label=route%3D/a%3Db"), ["a"]);
  assertEquals(await namesOf("?label=route="), ["b", "c", "d"]);
});

Deno.test("createSnapshotHandler() refuses parameters that it does not know", async () => {
  const { status, body } = await get("?nmae=b");
  assertEquals(status, 400);
  assertEquals(body, {
    status: "error",
    errorType: "bad_data",
    error: 'Cannot use parameter "nmae": wanted prefix, name, label',
  });
  assertEquals((await get("?label=novalue")).status, 400);
});

Deno.test("createSnapshotHandler() refuses other methods than GET and HEAD", async () => {
  const handler = handlerOfSome();
  const url = "http://localhost/api/v1/snapshot";
  const refused = await handler(new Request(url, { method: "POST" }));
  assertEquals([refused.status, refused.headers.get("Allow")], [405, "GET, HEAD"]);
  await refused.body?.cancel();
  const head = await handler(new Request(url, { method: "HEAD" }));
  assertEquals(head.status, 200);
  await head.body?.cancel();
});
