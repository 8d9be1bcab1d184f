import { assert, assertEquals } from "@std/assert";
import { RuntimeProbe } from "../../../src/host/runtime_probe.ts";
import { waitFor } from "../../_support/wait_for.ts";

Deno.test("RuntimeProbe reads what the system tells about the process", () => {
  const probe = new RuntimeProbe();
  assertEquals([probe.runtimeName, probe.runtimeVersion], ["deno", Deno.version.deno]);
  const { user, system } = probe.cpuSeconds();
  assert(user > 0 && system >= 0);
  assert(Math.abs(Date.now() / 1000 - probe.startTimeSeconds) < 3600);
  assert(probe.memory().residentBytes! > 1e6);
});

Deno.test({
  name: "RuntimeProbe reads what Linux tells besides",
  ignore: Deno.build.os !== "linux",
  fn() {
    const probe = new RuntimeProbe();
    const { residentBytes, virtualBytes, threads } = probe.memory();
    assert(virtualBytes! > residentBytes!);
    assert(threads! >= 1);
    assert(probe.openFiles()! >= 3);
    assert(probe.limits.openFiles! >= probe.openFiles()!);
  },
});

Deno.test("RuntimeProbe reads the heap of this thread", () => {
  const probe = new RuntimeProbe();
  const { totalBytes, usedBytes } = probe.heap();
  assert(usedBytes > 0 && totalBytes > 0);
  const spaces = probe.heapSpaces();
  assert(spaces.some(({ space, sizeBytes }) => space === "old" && sizeBytes > 0));
});

Deno.test("RuntimeProbe.repeat() calls until it is stopped", async () => {
  let calls = 0;
  const stop = new RuntimeProbe().repeat(1, () => calls++);
  await waitFor(() => calls >= 3, { what: "three calls" });
  stop();
  const callsThen = calls;
  let laterCalls = 0;
  const stopLater = new RuntimeProbe().repeat(1, () => laterCalls++);
  await waitFor(() => laterCalls >= 5, { what: "five calls of another" });
  stopLater();
  assertEquals(calls, callsThen);
});
