/**
 * What a server reports of its process and threads, and the snapshot on its admin port.
 */
import { assert, assertEquals } from "@std/assert";
import { startCommand } from "../_support/command.ts";
import { waitFor } from "../_support/wait_for.ts";

Deno.test("a server reports its process once, each thread's heap and event loop, and answers snapshots", async () => {
  await using command = await startCommand({
    command: [
      ...["deno", "run", "-A", "src/cli/main.ts", "serve", "examples/app.ts", "--workers", "2"],
      ...["--port", "0", "--admin-port", "0"],
    ],
    ready: /metrics (http:\S+)/,
  });
  const admin = new URL(command.ready![1]);
  const valuesOf = async (path: string) => {
    const response = await fetch(new URL(path, admin));
    const { data } = await response.json() as { data: { name: string; value?: number; count?: number }[] };
    return new Map(data.map(({ name, value, count }) => [name, value ?? count ?? 0]));
  };
  const values = await waitFor(async () => {
    const found = await valuesOf("/api/v1/snapshot");
    return found.has("nodejs_eventloop_lag_max_seconds") ? found : undefined;
  }, { what: "the workers' first report of their event loops" });
  assert(values!.get("process_resident_memory_bytes")! > 1e7);
  assert(values!.get("process_cpu_seconds")! > 0);
  assert(values!.get("nodejs_heap_size_used_bytes")! > 1e6);
  assert(values!.get("promslab_event_loop_lag_seconds")! > 0);
  assertEquals(
    [...(await valuesOf("/api/v1/snapshot?prefix=promslab_workers")).keys()],
    ["promslab_workers"],
  );
  const text = await (await fetch(new URL("/metrics", admin))).text();
  assertEquals(text.match(/^process_resident_memory_bytes /gm)?.length, 1);
});
