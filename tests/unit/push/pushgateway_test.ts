import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { Collector } from "../../../src/collect/collector.ts";
import { Counter } from "../../../src/metric/counter.ts";
import { Pushgateway, type PushgatewayOptions } from "../../../src/push/pushgateway.ts";
import { Registry } from "../../../src/registry/registry.ts";

/** A gateway that notes what it gets and answers with a status. */
function startGateway(status = 200) {
  const got: unknown[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const { method, headers } = request;
    const path = new URL(request.url).pathname;
    got.push([method, path, headers.get("content-type"), headers.get("x-a"), await request.text()]);
    return new Response(status === 200 ? null : "pushed metrics are invalid\n", { status });
  });
  return Object.assign(server, { got, url: `http://127.0.0.1:${server.addr.port}/base/` });
}

function optionsFor(url: string, labelName = "queue"): PushgatewayOptions {
  const registry = new Registry({ slabBytes: 1 << 20 });
  new Counter({ name: "jobs_total", help: "Jobs.", labelNames: [labelName], registry }).inc({
    [labelName]: "a",
  });
  const source = new Collector(registry);
  return { url, job: "j", grouping: { instance: "i" }, source, headers: { "x-a": "b" } };
}

Deno.test("Pushgateway sends PUT, POST and DELETE to the group's path", async () => {
  await using gateway = startGateway();
  const client = new Pushgateway(optionsFor(gateway.url));
  await client.push();
  await client.pushAdd();
  await client.delete();
  const path = "/base/metrics/job/j/instance/i";
  const type = "text/plain; version=0.0.4; charset=utf-8; escaping=underscores";
  const body = '# HELP jobs_total Jobs.\n# TYPE jobs_total counter\njobs_total{queue="a"} 1\n';
  assertEquals(gateway.got, [
    ["PUT", path, type, "b", body],
    ["POST", path, type, "b", body],
    ["DELETE", path, null, "b", ""],
  ]);
});

Deno.test("Pushgateway says what the gateway said", async () => {
  await using gateway = startGateway(400);
  const client = new Pushgateway(optionsFor(gateway.url));
  await assertRejects(() => client.push(), Error, "status 400, pushed metrics are invalid");
});

Deno.test("Pushgateway refuses families with a label of the group, and groups that cannot be", async () => {
  await using gateway = startGateway();
  const client = new Pushgateway(optionsFor(gateway.url, "instance"));
  await assertRejects(() => client.push(), Error, 'family "jobs_total": its label "instance"');
  assertEquals(gateway.got, []);
  assertThrows(() => new Pushgateway({ ...optionsFor(gateway.url), job: "" }), RangeError);
  assertThrows(() => new Pushgateway(optionsFor("no address")), TypeError);
});
