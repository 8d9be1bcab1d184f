/**
 * Measures what capacity planning needs: series and bytes of an instance's scrape, what a series costs in the server's
 * memory, and what it costs a Prometheus that scrapes it. Usage: `deno run -A tools/measure_capacity.ts`, a minute.
 *
 * @module
 */
import { startApp } from "../tests/_support/app_server.ts";
import { LlmTestServer } from "../tests/_support/llm_server.ts";
import { startPrometheus } from "../tests/_support/prometheus.ts";

/** Series of the two synthetic targets. */
const SERIES = [20_000, 220_000];

async function scrapeSize(url: string): Promise<{ series: number; bytes: number; gzipBytes: number }> {
  const body = new Uint8Array(await (await fetch(url)).arrayBuffer());
  const gzip = new Response(new Blob([body]).stream().pipeThrough(new CompressionStream("gzip")));
  const text = new TextDecoder().decode(body);
  const series = text.split("\n").filter((line) => line !== "" && !line.startsWith("#")).length;
  return { series, bytes: body.length, gzipBytes: (await gzip.arrayBuffer()).byteLength };
}

async function measureServers(): Promise<void> {
  for (const workers of [1, 4]) {
    await using app = await startApp({ workers });
    const idle = await scrapeSize(`${app.adminUrl}/metrics`);
    for (const path of ["/", "/users/bob", "/work?rounds=1"]) await (await fetch(`${app.url}${path}`)).text();
    const served = await scrapeSize(`${app.adminUrl}/metrics`);
    console.log(
      `serve, ${workers} workers: idle ${JSON.stringify(idle)}, with 3 routes ${JSON.stringify(served)}`,
    );
  }
  await using llm = await LlmTestServer.start({ workers: 2 });
  console.log(`LLM server, 1 model: ${JSON.stringify(await scrapeSize(`${llm.server.adminUrl}/metrics`))}`);
}

/** The memory of a Prometheus with so many series that change at each scrape, in bytes. */
async function prometheusBytes(series: number): Promise<number> {
  let count = 0;
  await using target = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, () => {
    count++;
    let text = "# TYPE synthetic_requests_total counter\n";
    for (let i = 0; i < series; i++) {
      text += `synthetic_requests_total{route="/route/${i % 100}",worker="${i}"} ${count}\n`;
    }
    return new Response(text, { headers: { "content-type": "text/plain; version=0.0.4" } });
  });
  await using prometheus = await startPrometheus([], {
    scrape_configs: [
      {
        job_name: "synthetic",
        scrape_interval: "5s",
        scrape_timeout: "5s",
        static_configs: [{ targets: [`127.0.0.1:${target.addr.port}`] }],
      },
    ],
  });
  const until = performance.now() + 40_000;
  while (performance.now() < until) await new Promise((resolve) => setTimeout(resolve, 1_000));
  const [head] = await prometheus.query("scrape_samples_scraped");
  console.log(`Prometheus took ${head?.value?.[1]} samples a scrape`);
  const statm = await Deno.readTextFile(`/proc/${prometheus.pid}/status`);
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(statm)![1]) * 1024;
}

if (import.meta.main) {
  await measureServers();
  const [few, many] = [await prometheusBytes(SERIES[0]), await prometheusBytes(SERIES[1])];
  console.log(`Prometheus: ${few} bytes with ${SERIES[0]} series, ${many} with ${SERIES[1]}`);
  console.log(`Prometheus: ${Math.round((many - few) / (SERIES[1] - SERIES[0]))} bytes a series`);
}
