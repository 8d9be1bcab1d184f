/**
 * `server` as people start it.
 */
import { assertEquals, assertMatch } from "@std/assert";
import { startCommand } from "../../_support/command.ts";

const COMMAND = ["deno", "run", "-A", "src/cli/main.ts", "server", "--port", "0", "--admin-port", "0"];
const READY = /^promslab ready: (\S+) \(2 workers\), metrics (\S+)$/m;

Deno.test("server says what it is, does what its flags say, and lets open streams end when it is told to end", async () => {
  await using server = await startCommand({
    command: [
      ...COMMAND,
      "--workers",
      "2",
      "--model",
      "big",
      "--profile",
      "instant",
      "--inter-token-latency",
      "20",
    ],
    ready: READY,
    env: { PROMSLAB_MAX_MODEL_LEN: "512", PROMSLAB_DATA_PARALLEL_SIZE: "2" },
  });
  assertMatch(
    server.stdout,
    /^promslab simulates big with 2 engines: the text and the timing are made up, no model is run$/m,
  );
  const [, url, metrics] = server.ready!;
  const models = await (await fetch(`${url}/v1/models`)).json();
  assertEquals([models.data[0].id, models.data[0].max_model_len], ["big", 512]);
  const text = await (await fetch(metrics)).text();
  assertEquals(
    [...text.matchAll(/^vllm:num_requests_running\{engine="(\d)",model_name="big"\} 0$/gm)].length,
    2,
  );
  const stream = await fetch(`${url}/v1/completions`, {
    method: "POST",
    body: JSON.stringify({ prompt: "Hello", max_tokens: 60, ignore_eos: true, stream: true }),
  });
  const reader = stream.body!.pipeThrough(new TextDecoderStream()).getReader();
  let events = (await reader.read()).value!;
  const ended = server.stop("SIGTERM");
  for (let step = await reader.read(); !step.done; step = await reader.read()) events += step.value;
  assertEquals(events.split("\n\n").length, 62, "sixty tokens, the mark of the end, and nothing after it");
  assertEquals((await ended).code, 0);
});
