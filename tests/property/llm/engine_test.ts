import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { countingSource, EngineHarness } from "../../_support/engine_harness.ts";

interface Command {
  readonly kind: "add" | "abort" | "step" | "sleep" | "wake";
  readonly value: number;
  readonly prompt: number;
  readonly tokens: number;
}

const command: fc.Arbitrary<Command> = fc.record({
  kind: fc.constantFrom("add", "add", "abort", "step", "step", "step", "sleep", "wake") as fc.Arbitrary<
    Command["kind"]
  >,
  value: fc.nat(50),
  prompt: fc.integer({ min: 1, max: 60 }),
  tokens: fc.integer({ min: 0, max: 40 }),
});
const limits = fc.record({
  maxNumSeqs: fc.integer({ min: 1, max: 6 }),
  maxNumBatchedTokens: fc.integer({ min: 8, max: 80 }),
  numGpuBlocks: fc.integer({ min: 26, max: 60 }),
  enablePrefixCaching: fc.boolean(),
  numSpeculativeTokens: fc.integer({ min: 0, max: 4 }),
  offloadBlocks: fc.constantFrom(0, 10),
  maxLoras: fc.constantFrom(0, 2),
});

function run(options: Record<string, number | boolean>, commands: readonly Command[]) {
  const harness = new EngineHarness({
    ...options,
    blockSize: 4,
    maxModelLen: 104,
    source: countingSource(25),
  });
  const added = new Map<number, Command>();
  const aborted = new Set<number>();
  let id = 0;
  for (const { kind, value, ...command } of commands) {
    if (kind === "add") {
      id++;
      added.set(id, { kind, value, ...command });
      // Few different prompts, so that prefixes are shared.
      const promptTokens = Array.from({ length: command.prompt }, (_, i) => (value % 3) * 1000 + i);
      const adapter = options.maxLoras === 0 ? -1 : value % 4 - 1;
      harness.add({ id, client: value % 3, promptTokens, maxTokens: command.tokens, seed: value, adapter });
    } else if (kind === "abort") {
      if (harness.engine.abort(value)) aborted.add(value);
    } else if (kind === "sleep") harness.engine.sleep(value % 2 === 0 ? 1 : 2);
    else if (kind === "wake") harness.engine.wake();
    else harness.step();
    const { running, waiting, deferred, kvUsage, runningAdapters } = harness.state;
    assert(running <= harness.engine.config.maxNumSeqs);
    assert(runningAdapters.length <= harness.engine.config.maxLoras);
    assertEquals(running + waiting + deferred, harness.engine.unfinishedCount);
    assert(kvUsage >= 0 && kvUsage <= 1);
    assertEquals(kvUsage > 0, running > 0, "blocks are held by running sequences and by nobody else");
  }
  harness.engine.wake();
  harness.drain();
  return { harness, added, aborted };
}

Deno.test("Engine ends every request exactly once and returns every block, whatever happens in between", () => {
  fc.assert(
    fc.property(limits, fc.array(command, { maxLength: 120 }), (options, commands) => {
      const { harness, added, aborted } = run(options, commands);
      const ended = [...harness.finished.map(({ id }) => id), ...aborted].sort((a, b) => a - b);
      assertEquals(ended, [...added.keys()], "each is finished or aborted, and once");
      for (const { id, reason, generated } of harness.finished) {
        const wanted = added.get(id)!;
        const most = Math.min(wanted.tokens, 25, 104 - wanted.prompt);
        assertEquals(generated, most);
        assertEquals(reason, wanted.tokens === 0 ? "stop" : generated === 25 ? "stop" : "length");
        assertEquals(harness.received.get(id)?.length ?? 0, generated);
      }
      const { running, waiting, deferred, kvUsage } = harness.state;
      assertEquals([running, waiting, deferred, kvUsage], [0, 0, 0, 0]);
    }),
    { numRuns: 150 },
  );
});

Deno.test("Engine does the same again when it is told the same", () => {
  fc.assert(
    fc.property(limits, fc.array(command, { maxLength: 60 }), (options, commands) => {
      const first = run(options, commands).harness;
      const second = run(options, commands).harness;
      assertEquals(first.received, second.received);
      assertEquals(first.observer.stepTokens, second.observer.stepTokens);
      assertEquals(first.observer.hits, second.observer.hits);
    }),
    { numRuns: 30 },
  );
});
