import { assertEquals } from "@std/assert";
import type { Host } from "../../../src/host/types.ts";
import { endOnSignals } from "../../../src/server/parallel_signals.ts";
import { waitFor } from "../../_support/wait_for.ts";

function setup() {
  let nowMs = 5_000;
  const listeners = new Map<string, () => void>();
  const exits: number[] = [];
  const host: Pick<Host, "onSignal" | "exit"> = {
    onSignal: (name, listener) => {
      listeners.set(name, listener);
      return () => listeners.delete(name);
    },
    exit: (code) => {
      exits.push(code);
      return undefined as never;
    },
  };
  let closes = 0;
  endOnSignals(host, () => closes++, () => nowMs);
  return { listeners, exits, closes: () => closes, pass: (ms: number) => nowMs += ms };
}

Deno.test("endOnSignals() ends the process outright while its threads start", async () => {
  const { listeners, exits, closes } = setup();
  assertEquals([...listeners.keys()], ["SIGTERM", "SIGINT"]);
  listeners.get("SIGTERM")!();
  assertEquals([closes(), exits], [1, []]);
  await waitFor(() => exits.length > 0, { what: "the exit", deadlineMs: 5_000 });
  assertEquals(exits, [0]);
});

Deno.test({
  name: "endOnSignals() only lets go when the threads have started",
  // The sanitizer would find a timer that is to end the process.
  sanitizeOps: true,
  fn() {
    const { listeners, exits, closes, pass } = setup();
    pass(10_000);
    listeners.get("SIGINT")!();
    assertEquals([closes(), exits], [1, []]);
  },
});
