/**
 * A front end of an engine that runs elsewhere: it gets a slice of each step in which it has requests.
 *
 * @module
 */
import { StepHistogram } from "promslab";
import type { Data, Message, Slice } from "./messages.ts";

const tokens = new StepHistogram({
  name: "vllm:iteration_tokens_total",
  help: "Tokens per engine step.",
  labelNames: ["model_name", "engine"],
  buckets: [1, 8, 16, 32, 64, 128, 256],
});

/** What `serve()` hands to the module. */
interface Scope {
  readonly data: unknown;
  onMessage(listener: (message: unknown) => void): void;
}

/** Contributes what the engine sends until it hangs up. */
async function listen({ ring, port }: Data, { contributor }: Message): Promise<void> {
  const steps = tokens.labels("m", "0").join(ring, contributor);
  // What waits for room in the ring is made up for, also when no slice comes.
  setInterval(() => steps.flush(), 100);
  const connection = await Deno.connect({ hostname: "127.0.0.1", port });
  await connection.write(new TextEncoder().encode(`${contributor}\n`));
  let rest = "";
  for await (const part of connection.readable.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + part).split("\n");
    rest = lines.pop()!;
    for (const line of lines) {
      const { step, participants, tokens } = JSON.parse(line) as Slice;
      steps.contribute({ step, participants, value: tokens });
    }
  }
}

export default {
  start(scope: Scope): void {
    scope.onMessage((message) => void listen(scope.data as Data, message as Message));
  },
  fetch: () => new Response("A front end would answer here.\n"),
};
