/**
 * Several front ends and one engine that is not part of this program: each front end sees slices of the engine's
 * steps, and the histogram of tokens per step is exact all the same, also when a front end is killed.
 *
 * Run: deno run -A examples/llm/external_engine/main.ts
 *
 * @module
 */
import { createStepRing, serve, StepHistogram } from "promslab";
import { PlayedEngine } from "./engine.ts";
import type { Data, Message } from "./messages.ts";

const FRONT_ENDS = 4;
const STEPS = 2000;

const ring = createStepRing();
const engine = new PlayedEngine();
// Main has the family too: it makes the contributions of front ends that have ended.
const tokens = new StepHistogram({
  name: "vllm:iteration_tokens_total",
  help: "Tokens per engine step.",
  labelNames: ["model_name", "engine"],
  buckets: [1, 8, 16, 32, 64, 128, 256],
});
/** Each life of a worker is a contributor of its own. */
let contributors = 0;
const killers: (() => void)[] = [];

const server = await serve({
  handler: new URL("./front_end.ts", import.meta.url),
  handlerData: { ring, port: engine.port } satisfies Data,
  workers: FRONT_ENDS,
  port: 0,
  adminPort: 0,
  log: () => {},
  extension: {
    start: () => Promise.resolve(),
    workerStarted(worker) {
      const contributor = contributors++;
      worker.post({ contributor } satisfies Message);
      killers.push(() => worker.terminate("the example kills it"));
      void worker.ended.then(() => {
        engine.hangUp(contributor);
        // Only when it writes no more can be told what it had observed.
        const waiting = setInterval(() => {
          if (!worker.isFolded()) return;
          clearInterval(waiting);
          const outstanding = engine.sentAloneTo(contributor);
          const rest = tokens.labels("m", "0").takeOver(ring, {
            contributor,
            slab: worker.slab,
            outstanding,
          });
          const making = setInterval(() => rest.flush() === 0 && clearInterval(making), 20);
        }, 100);
      });
    },
    stop: () => Promise.resolve(),
  },
});

/** A sample's value as a scrape tells it. */
async function scraped(suffix: string): Promise<number> {
  const text = await (await fetch(`${server.adminUrl}/metrics?name[]=vllm:iteration_tokens_total`)).text();
  return Number(
    new RegExp(`^vllm:iteration_tokens_total_${suffix}\\{.*\\} (\\S+)$`, "m").exec(text)?.[1] ?? 0,
  );
}

async function until(holds: () => boolean | Promise<boolean>, seconds: number): Promise<void> {
  const endMs = performance.now() + seconds * 1000;
  while (!await holds() && performance.now() < endMs) await new Promise((resolve) => setTimeout(resolve, 20));
}

async function run(steps: number): Promise<void> {
  for (const end = engine.steps + steps; engine.steps < end;) {
    await engine.step();
    if (engine.steps % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

async function report(when: string): Promise<void> {
  await until(async () => await scraped("count") === engine.steps, 20);
  console.log(
    `${when}: the engine made ${engine.steps} steps, the histogram counts ${await scraped("count")}`,
  );
}

await until(() => engine.frontEnds === FRONT_ENDS, 20);
await run(STEPS);
await report("all well");
console.log(`  of ${engine.tokens} tokens it has ${await scraped("sum")}`);
await run(STEPS / 2);
killers[1]();
await run(STEPS / 2);
await report("one front end killed");
console.log(
  `  of ${engine.tokens} tokens it has ${await scraped("sum")}: it lacks what the killed one had not read`,
);
engine.close();
await server.stop();
Deno.exit(0);
