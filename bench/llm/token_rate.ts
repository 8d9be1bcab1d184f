/**
 * How many tokens a second the LLM server streams, and how much CPU that takes: 100 streams of events, one a token,
 * through real sockets to another process. Usage: `token_rate.ts [--streams N] [--tokens N] [--workers N] [--itl MS]`.
 *
 * @module
 */
import { parseArgs } from "node:util";

const { values } = parseArgs({
  options: {
    streams: { type: "string", default: "100" },
    tokens: { type: "string", default: "2000" },
    workers: { type: "string", default: "1" },
    itl: { type: "string", default: "2.5" },
    scrapes: { type: "string", default: "0" },
  },
});
/** Kernel ticks a second, in which the times of threads are told. */
const TICKS = 100;

interface ThreadTimes {
  readonly process: number;
  readonly threads: ReadonlyMap<string, number>;
}

/** CPU seconds of a process and of its threads, by name and id. */
function timesOf(pid: number): ThreadTimes {
  const threads = new Map<string, number>();
  for (const { name } of Deno.readDirSync(`/proc/${pid}/task`)) {
    const stat = Deno.readTextFileSync(`/proc/${pid}/task/${name}/stat`);
    threads.set(`${stat.slice(stat.indexOf("(") + 1, stat.lastIndexOf(")"))} ${name}`, ticks(stat));
  }
  return { process: ticks(Deno.readTextFileSync(`/proc/${pid}/stat`)), threads };
}

function ticks(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}

async function lineOf(
  reader: ReadableStreamDefaultReader<string>,
  pattern: RegExp,
): Promise<RegExpExecArray> {
  let text = "";
  for (;;) {
    const { value, done } = await reader.read();
    text += value ?? "";
    const match = pattern.exec(text);
    if (match !== null) return match;
    if (done) throw new Error(`Cannot find ${pattern}: the output was ${text}`);
  }
}

const ROOT = new URL("../../", import.meta.url).pathname;
const server = new Deno.Command(Deno.execPath(), {
  args: [
    ..."run -A --no-check src/cli/main.ts server --port 0 --admin-port 0 --profile instant --log-stats-interval 0"
      .split(" "),
    ...["--workers", values.workers, "--inter-token-latency", values.itl, "--jitter", "0"],
    ...["--time-factor-under-load", "1", "--num-gpu-blocks-override", "65536"],
  ],
  cwd: ROOT,
  stdout: "piped",
}).spawn();
try {
  const output = server.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const [, port, adminPort] = await lineOf(
    output,
    /ready: http:\/\/[^:]+:(\d+).*metrics http:\/\/[^:]+:(\d+)/,
  );
  const client = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      "--no-check",
      `${ROOT}bench/llm/stream_client.ts`,
      port,
      values.streams,
      values.tokens,
    ],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const lines = client.stdout.pipeThrough(new TextDecoderStream()).getReader();
  await lineOf(lines, /READY/);
  const before = timesOf(server.pid);
  const writer = client.stdin.getWriter();
  await writer.write(new TextEncoder().encode("\n"));
  const scraper = Number(values.scrapes) === 0 ? undefined : setInterval(
    () =>
      void fetch(`http://127.0.0.1:${adminPort}/metrics?name[]=vllm:num_requests_running`).then((r) =>
        r.text()
      ),
    1000 / Number(values.scrapes),
  );
  const [line] = await lineOf(lines, /\{.*\}/);
  clearInterval(scraper);
  const after = timesOf(server.pid);
  const { tokens, seconds } = JSON.parse(line) as { tokens: number; seconds: number };
  const cpu = after.process - before.process;
  console.log(`${tokens} tokens in ${seconds.toFixed(2)} s: ${(tokens / seconds).toFixed(0)} tokens/s`);
  console.log(`process CPU ${cpu.toFixed(2)} s: ${(tokens / cpu).toFixed(0)} tokens per CPU second`);
  const used = [...after.threads].map(([name, time]) => ({
    name,
    time: time - (before.threads.get(name) ?? 0),
  }));
  for (const { name, time } of used.sort((a, b) => b.time - a.time).slice(0, 6)) {
    console.log(`  ${name.padEnd(24)} ${time.toFixed(2)} s`);
  }
  await client.status;
} finally {
  server.kill("SIGTERM");
  await server.status;
}
