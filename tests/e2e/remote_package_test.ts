/**
 * A library that was imported over HTTP, as from a registry: its workers, engines and pipeline stages start too.
 */
import { assertEquals, assertMatch } from "@std/assert";
import { READY, scrape } from "../_support/app_server.ts";
import { ROOT, type RunningCommand, startCommand } from "../_support/command.ts";
import { plainImports } from "../_support/runtimes.ts";

/** A place that has the repository's files, and how the command line is run from there. */
class Remote implements AsyncDisposable {
  readonly base: string;
  readonly #origin: Deno.HttpServer<Deno.NetAddr>;
  #importMap = "";

  private constructor(origin: Deno.HttpServer<Deno.NetAddr>) {
    this.#origin = origin;
    this.base = `http://127.0.0.1:${origin.addr.port}`;
  }

  static async start(): Promise<Remote> {
    const origin = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
      const path = new URL(request.url).pathname.slice(1);
      try {
        const headers = { "content-type": "application/typescript" };
        return new Response(await Deno.readTextFile(new URL(path, ROOT)), { headers });
      } catch {
        return new Response(null, { status: 404 });
      }
    });
    const remote = new Remote(origin);
    remote.#importMap = await Deno.makeTempFile({ suffix: ".json" });
    const imports = await plainImports(new URL(`${remote.base}/`));
    await Deno.writeTextFile(remote.#importMap, JSON.stringify({ imports }));
    return remote;
  }

  /** Runs the command line from there, with no file of the library at hand, and waits until it is ready. */
  run(...args: string[]): Promise<RunningCommand> {
    const allowed = ["net", "read", "env", "sys"].map((permission) => `--allow-${permission}`);
    const own = ["--no-config", "--no-check", "--no-lock", "--unstable-net", "--import-map", this.#importMap];
    return startCommand({
      command: [
        ...["deno", "run", ...allowed, ...own, `--allow-import=${new URL(this.base).host}`],
        ...[`${this.base}/src/cli/main.ts`, ...args, "--workers", "2", "--port", "0", "--admin-port", "0"],
      ],
      ready: READY,
      deadlineMs: 120_000,
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#origin.shutdown();
    if (this.#importMap !== "") await Deno.remove(this.#importMap);
  }
}

async function complete(command: RunningCommand, body: object): Promise<string> {
  const response = await fetch(`${command.ready![1]}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      messages: [{ role: "user", content: "Hi" }],
      max_tokens: 5,
      ignore_eos: true,
      ...body,
    }),
  });
  const text = await response.text();
  assertEquals(response.status, 200, text.slice(0, 300));
  return text;
}

// WHY: one place for all, because what Deno has fetched from an address it does not fetch again.
Deno.test("a library that was imported over HTTP starts its threads", async (t) => {
  await using remote = await Remote.start();

  await t.step("the workers of serve(), with a handler from there too", async () => {
    await using command = await remote.run("serve", `${remote.base}/examples/app.ts`);
    const response = await fetch(`${command.ready![1]}/users/ann`);
    assertMatch(await response.text(), /"hello":"ann"/);
    const samples = await scrape(`${command.ready![4]}/metrics`);
    assertEquals(samples.sum("http_requests_total", 'route="/users/:name"'), 1);
    assertEquals(samples.sum("promslab_workers", 'state="live"'), 2);
    assertEquals((await command.stop()).code, 0);
  });

  await t.step("the LLM server's workers and engines", async () => {
    await using command = await remote.run("server", "--profile", "instant", "--data-parallel-size", "2");
    for (let i = 0; i < 4; i++) await complete(command, {});
    const samples = await scrape(`${command.ready![4]}/metrics`);
    assertEquals(samples.sum("vllm:generation_tokens_total"), 20);
    assertEquals(samples.sum("promslab_workers", 'state="live"'), 4, "two workers, two engines");
    assertEquals((await command.stop()).code, 0);
  });

  await t.step("a pipeline's stages, and a request passes them", async () => {
    const pipeline = new URL("examples/pipelines/qwen_omni.json", ROOT).pathname;
    await using command = await remote.run("server", "--pipeline", pipeline, "--speed-factor", "20");
    assertMatch(await complete(command, { modalities: ["text", "audio"] }), /"audio":\{/);
    const samples = await scrape(`${command.ready![4]}/metrics`);
    assertEquals(samples.sum("vllm:omni_requests_success_total"), 1);
    assertEquals(samples.sum("vllm:omni_stage_gen_time_s_count", 'stage="2"'), 1, "the last stage had it");
    assertEquals(
      samples.sum("promslab_workers", 'state="live"'),
      10,
      "two workers, eight replicas of stages",
    );
    assertEquals((await command.stop()).code, 0);
  });
});
