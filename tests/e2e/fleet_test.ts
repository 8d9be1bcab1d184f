// needs: prometheus
/**
 * Three servers and one Prometheus that finds them by a file: the totals of the fleet are exact while one of them
 * restarts; a second Prometheus has the sums that the first one recorded.
 */
import { assertEquals } from "@std/assert";
import { parse } from "yaml";
import { type AppServer, startApp } from "../_support/app_server.ts";
import { ROOT } from "../_support/command.ts";
import { freePort } from "../_support/free_port.ts";
import { type Prometheus, startPrometheus } from "../_support/prometheus.ts";
import { requestMany } from "../_support/request_many.ts";
import { waitFor } from "../_support/wait_for.ts";

/**
 * What a counter has counted in the last ten minutes over all restarts, exactly: the last value, and the value before
 * each reset, as the guide has it. `increase()` would extrapolate.
 */
const GUIDE = await Deno.readTextFile(new URL("docs/guide/fleet.md", ROOT));
const [, TOTAL_OVER_RESTARTS] = /^```text[^\n]*\n(sum\([\s\S]*?)^```$/m.exec(GUIDE)!;

Deno.test("the totals of three servers are exact while one restarts", async () => {
  const folder = await Deno.makeTempDir({ prefix: "promslab_fleet_" });
  const adminPorts = [freePort(), freePort(), freePort()];
  const start = (i: number) => startApp({ workers: 2, flags: ["--admin-port", String(adminPorts[i])] });
  const servers: AppServer[] = [];
  try {
    for (const i of adminPorts.keys()) servers.push(await start(i));
    // WHY: written as a whole and then renamed, as whoever discovers services should.
    const targets = [{ targets: adminPorts.map((port) => `127.0.0.1:${port}`), labels: { zone: "a" } }];
    await Deno.writeTextFile(`${folder}/new`, JSON.stringify(targets));
    await Deno.rename(`${folder}/new`, `${folder}/fleet.json`);
    await using prometheus = await startPrometheus([], {
      rule_files: [new URL("deploy/prometheus/recording_rules.yml", ROOT).pathname],
      scrape_configs: [{ job_name: "fleet", file_sd_configs: [{ files: [`${folder}/*.json`] }] }],
    });
    const sent = [0, 0, 0];
    const load = async (i: number, total: number) => {
      const { answered, errors } = await requestMany({ url: () => `${servers[i].url}/`, total });
      assertEquals([...errors], []);
      sent[i] += answered;
    };

    await Promise.all([load(0, 700), load(1, 500), load(2, 300)]);
    await seen(prometheus, "sum(http_requests_total)", 1500);
    assertEquals(await value(prometheus, 'count(up{job="fleet",zone="a"} == 1)'), 3);

    // One restarts; the others go on meanwhile.
    const restart = async () => {
      assertEquals((await servers[1].command.stop()).code, 0);
      servers[1] = await start(1);
      await load(1, 111);
    };
    await Promise.all([restart(), load(0, 200), load(2, 100)]);
    assertEquals(sent, [900, 611, 400]);
    await seen(prometheus, TOTAL_OVER_RESTARTS, 1911);
    await seen(prometheus, "sum(http_requests_total)", 1411);
    assertEquals(await value(prometheus, "sum(resets(http_requests_total[10m]))"), 1);

    await federated(prometheus);
  } finally {
    for (const server of servers) await server[Symbol.asyncDispose]();
    await Deno.remove(folder, { recursive: true });
  }
});

/** Asserts that a global Prometheus, configured as in `deploy`, has what the cluster's one has recorded. */
async function federated(cluster: Prometheus): Promise<void> {
  const { scrape_configs: [job] } = parse(
    await Deno.readTextFile(new URL("deploy/prometheus/federation.yml", ROOT)),
  );
  job.static_configs = [{ targets: [cluster.address] }];
  await using globally = await startPrometheus([], {
    rule_files: [new URL("deploy/prometheus/global_rules.yml", ROOT).pathname],
    scrape_configs: [job],
  });
  await seen(globally, 'count(up{job="fleet"})', 3);
  await seen(globally, 'job_state:promslab_workers:sum{job="fleet",state="live"}', 6);
  await waitFor(async () => (await globally.query("global:http_requests_in_flight:sum")).length === 1, {
    what: "the global rules",
    deadlineMs: 60_000,
    pauseMs: 500,
  });
}

async function value(prometheus: Prometheus, expression: string): Promise<number> {
  const [series] = await prometheus.query(expression);
  return Number(series?.value?.[1] ?? NaN);
}

async function seen(prometheus: Prometheus, expression: string, wanted: number): Promise<void> {
  let last = NaN;
  await waitFor(async () => (last = await value(prometheus, expression)) === wanted, {
    what: `${wanted} from ${expression}`,
    deadlineMs: 60_000,
    pauseMs: 300,
  }).catch((error) => {
    throw new Error(`${error.message}; last: ${last}`);
  });
}
