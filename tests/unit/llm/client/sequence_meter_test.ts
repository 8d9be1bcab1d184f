import { assertEquals } from "@std/assert";
import { RequestGroup, SequenceMeter } from "../../../../src/llm/client/sequence_meter.ts";
import { FINISH } from "../../../../src/llm/engine/sequence.ts";
import type { FinishedSequence, RequestMetrics } from "../../../../src/llm/metrics/request_metrics.ts";
import type { Output } from "../../../../src/llm/wire/output_frame.ts";

const PROMPT = {
  cachedTokens: 2,
  loadedTokens: 0,
  recomputedTokens: 0,
  queuedSeconds: 0.1,
  prefillSeconds: 0.2,
};

/** The meters of a request's sequences, and what they record. */
function metersOf(n = 1) {
  const recorded: unknown[][] = [];
  const finished: FinishedSequence[] = [];
  const metrics = {
    first: (tokens: number, _: unknown, { seconds }: { seconds: number }) =>
      recorded.push(["first", tokens, seconds]),
    next: (seconds: number) => recorded.push(["next", seconds]),
    generated: (count: number) => recorded.push(["generated", count]),
    finished: (sequence: FinishedSequence) => finished.push(sequence),
    requestFinished: ({ n, generatedMax }: { n: number; generatedMax: number }) =>
      recorded.push(["request", n, generatedMax]),
    ended: (reason: number) => recorded.push(["ended", reason]),
  } as unknown as RequestMetrics;
  const group = new RequestGroup({ n, arrivalMs: 1000 });
  const meters = Array.from(
    { length: n },
    () => new SequenceMeter(metrics, { group, promptTokens: 7, maxTokens: 9 }),
  );
  return { meters, recorded, finished };
}

function outputOf(parts: Partial<Output> & { count: number }): Output {
  const { count, ...rest } = parts;
  return {
    timeUs: 0,
    tokens: new Int32Array(count),
    prompt: undefined,
    preemptions: 0,
    finish: FINISH.NONE,
    corrupted: false,
    ...rest,
  };
}

Deno.test("SequenceMeter records the first output by the client's clock and the others by the engine's", () => {
  const { meters: [meter], recorded } = metersOf();
  meter.output(outputOf({ count: 1, prompt: PROMPT, timeUs: 5_000_000 }), 1250);
  meter.output(outputOf({ count: 2, timeUs: 5_500_000 }), 9999);
  assertEquals(recorded, [["first", 7, 0.25], ["generated", 1], ["next", 0.5], ["generated", 2]]);
});

Deno.test("SequenceMeter records the end with all that came before it", () => {
  const { meters: [meter], recorded, finished } = metersOf();
  meter.output(outputOf({ count: 1, prompt: PROMPT, timeUs: 1_000_000, preemptions: 1 }), 1100);
  meter.output(outputOf({ count: 3, timeUs: 3_000_000, preemptions: 2, corrupted: true }), 1200);
  meter.output(outputOf({ count: 0, timeUs: 4_000_000 }), 1300);
  meter.finish(FINISH.STOP, 1500);
  assertEquals(finished, [{
    finish: FINISH.STOP,
    corrupted: true,
    promptTokens: 7,
    generatedTokens: 4,
    maxTokens: 9,
    preemptions: 3,
    prompt: PROMPT,
    decodeSeconds: 3,
    totalSeconds: 0.5,
  }]);
  assertEquals(recorded.filter(([what]) => what === "generated"), [["generated", 1], ["generated", 3]]);
  assertEquals(recorded.at(-1), ["request", 1, 4]);
});

Deno.test("SequenceMeter records a sequence that ended before its first output by its reason alone", () => {
  const { meters: [meter], recorded, finished } = metersOf();
  meter.finish(FINISH.ERROR, 1500);
  assertEquals([recorded, finished], [[["ended", FINISH.ERROR]], []]);
});

Deno.test("RequestGroup records a request once, when its last sequence has ended, by the longest", () => {
  const { meters, recorded } = metersOf(3);
  const requests = () => recorded.filter(([what]) => what === "request");
  [2, 5, 1].forEach((count, i) => meters[i].output(outputOf({ count, prompt: PROMPT }), 1100));
  meters[0].finish(FINISH.STOP, 1200);
  meters[1].finish(FINISH.LENGTH, 1300);
  assertEquals(requests(), []);
  meters[2].finish(FINISH.STOP, 1400);
  assertEquals(requests(), [["request", 3, 5]]);
});

Deno.test("RequestGroup records no request of which a sequence was lost, whenever that was", () => {
  for (const loser of [0, 1]) {
    const { meters, recorded, finished } = metersOf(2);
    for (const meter of meters) meter.output(outputOf({ count: 1, prompt: PROMPT }), 1100);
    meters.forEach((meter, i) => i === loser ? meter.lose(FINISH.ABORT) : meter.finish(FINISH.STOP, 1200));
    assertEquals([finished.length, recorded.filter(([what]) => what === "request")], [1, []]);
    assertEquals(recorded.filter(([what]) => what === "ended"), [["ended", FINISH.ABORT]]);
  }
});
