// needs: pushgateway
/**
 * Debian's Pushgateway takes what we push, and shows it.
 */
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import type { FamilySamples } from "../../src/model/samples.ts";
import { Pushgateway, type PushgatewayOptions } from "../../src/push/pushgateway.ts";
import { everyFeature } from "../_support/every_feature.ts";
import { startReceiver } from "../_support/start_receiver.ts";
import { TestFamily } from "../_support/sample_blocks.ts";

const sourceOf = (scrape: FamilySamples[]) => ({ blocks: () => scrape });

const gauge = (name: string, value: number) =>
  new TestFamily({ name, help: "H.", type: "gauge" }).samples([value]);

Deno.test("Pushgateway shows every feature that is pushed, in both formats", async () => {
  await using gateway = await startReceiver("pushgateway");
  for (const format of ["text", "protobuf"] as const) {
    const grouping = { instance: "a/b ü", empty: "" };
    const source = sourceOf(everyFeature(1_700_000_000));
    const client = new Pushgateway({ url: gateway.url, job: format, grouping, source, format });
    await client.push();
    const text = await gateway.metrics();
    const lines = text.split("\n").filter((line) => line.includes(`job="${format}"`));
    assert(lines.every((line) => line.includes('empty="",') && line.includes('instance="a/b ü",')), text);
    const has = (name: string, value: string, label = "") =>
      assert(
        lines.some((line) =>
          line.startsWith(`${name}{`) && line.endsWith(` ${value}`) && line.includes(label)
        ),
        `${name} ${label} ${value}\n${lines.join("\n")}`,
      );
    has("items_total", "1.23456789e+08", 'zone="a"');
    has("items_total", "0.30000000000000004", 'kind="ü 🦕"');
    has("latency_seconds_bucket", "4", 'le="2.5"');
    has("latency_seconds_count", "5");
    has("turnaround_seconds", "0.25", 'quantile="0.5"');
    has("temperature_celsius", "-Inf", 'sensor="outside"');
    has("build_info", "1", 'version="1.2\\\\3"');
    await client.delete();
    assert(!(await gateway.metrics()).includes(`job="${format}"`));
  }
});

Deno.test("Pushgateway replaces the group on push() and the families of the same names on pushAdd()", async () => {
  await using gateway = await startReceiver("pushgateway");
  const options: Omit<PushgatewayOptions, "source"> = { url: gateway.url, job: "j" };
  const client = (...scrape: FamilySamples[]) => new Pushgateway({ ...options, source: sourceOf(scrape) });
  const values = async () => (await gateway.metrics()).match(/^[ab]\{.* \S+$/gm);
  await client(gauge("a", 1), gauge("b", 1)).push();
  await client(gauge("b", 2)).pushAdd();
  assertEquals(await values(), ['a{instance="",job="j"} 1', 'b{instance="",job="j"} 2']);
  await client(gauge("b", 3)).push();
  assertEquals(await values(), ['b{instance="",job="j"} 3']);
  assertStringIncludes(await gateway.metrics(), "push_time_seconds");
});

Deno.test("Pushgateway refuses what clashes, and we say so", async () => {
  await using gateway = await startReceiver("pushgateway");
  const options = { url: gateway.url, job: "j" };
  await new Pushgateway({ ...options, source: sourceOf([gauge("a", 1)]) }).push();
  const counter = new TestFamily({ name: "a", help: "H.", type: "counter" }).samples([1]);
  const clash = new Pushgateway({ ...options, job: "k", source: sourceOf([counter]) });
  await assertRejects(() => clash.push(), Error, "status 400");
});
