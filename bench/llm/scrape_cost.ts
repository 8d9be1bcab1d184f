/**
 * What it costs to be scraped 20 times a second for three gauges, as inference gateways do. Usage: `scrape_cost.ts`.
 *
 * @module
 */
const ROOT = new URL("../../", import.meta.url).pathname;
const TICKS = 100;
const SECONDS = 15;
const RATE = 20;

function cpuOf(pid: number): number {
  const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}

const server = new Deno.Command(Deno.execPath(), {
  args: "run -A --no-check src/cli/main.ts server --port 0 --admin-port 0 --workers 2".split(" "),
  cwd: ROOT,
  stdout: "piped",
}).spawn();
const reader = server.stdout.pipeThrough(new TextDecoderStream()).getReader();
let text = "";
while (!text.includes("ready")) text += (await reader.read()).value;
const admin = /metrics (http:\S+)/.exec(text)![1];
const names = ["num_requests_running", "num_requests_waiting", "kv_cache_usage_perc"];
const url = `${admin}?${names.map((name) => `name[]=vllm:${name}`).join("&")}`;
async function measure(scrape: boolean): Promise<number> {
  const before = cpuOf(server.pid);
  for (let i = 0; i < SECONDS * RATE; i++) {
    if (scrape) await (await fetch(url)).text();
    await new Promise((resolve) => setTimeout(resolve, 1000 / RATE));
  }
  return (cpuOf(server.pid) - before) / SECONDS * 100;
}
await measure(true);
console.log(await (await fetch(url)).text());
const idle = await measure(false);
const scraped = await measure(true);
console.log(`idle ${idle.toFixed(2)} %, scraped ${scraped.toFixed(2)} % of a core`);
server.kill("SIGTERM");
await server.status;
