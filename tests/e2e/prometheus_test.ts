// needs: prometheus
/**
 * A real Prometheus scrapes the server under load, and its query API gives back the exact totals.
 */
import { assert, assertEquals } from "@std/assert";
import { startApp } from "../_support/app_server.ts";
import { startPrometheus } from "../_support/prometheus.ts";
import { requestMany } from "../_support/request_many.ts";
import { waitFor } from "../_support/wait_for.ts";

const REQUESTS = 20_000;

Deno.test("Prometheus scrapes both ports under load, and its totals are exact", async () => {
  await using app = await startApp();
  await using prometheus = await startPrometheus([
    { name: "serving", target: `127.0.0.1:${app.port}`, path: "/metrics" },
    { name: "admin", target: `127.0.0.1:${app.adminPort}`, path: "/metrics" },
  ]);
  const paths = ["/", "/users/bob", "/work?rounds=1", "/fail"];
  // Slow enough that several scrapes fall into it.
  let sent = 0;
  while (sent < REQUESTS) {
    const load = await requestMany({ url: (i) => `${app.url}${paths[i % paths.length]}`, total: 2_000 });
    assertEquals([...load.errors], []);
    sent += load.answered;
    await waitFor(async () => await total("admin") > 0, { what: "a scrape", deadlineMs: 60_000 });
  }

  for (const job of ["admin", "serving"]) {
    await waitFor(async () => await total(job) === REQUESTS, {
      what: `the ${job} job to see ${REQUESTS} requests`,
      deadlineMs: 30_000,
      pauseMs: 200,
    });
    assertEquals(await value(`up{job="${job}"}`), 1);
    assertEquals(await value(`sum(http_request_duration_seconds_count{job="${job}"})`), REQUESTS);
    assertEquals(await value(`sum(http_requests_total{job="${job}",status="500"})`), REQUESTS / 4);
    assertEquals(await value(`sum(app_greetings_total{job="${job}"})`), REQUESTS / 4);
    assertEquals(await value(`sum(resets(http_requests_total{job="${job}"}[1h]))`), 0);
    assertEquals(await value(`min_over_time(up{job="${job}"}[1h])`), 1);
    const scrapes = await value(`count_over_time(up{job="${job}"}[1h])`);
    assert(scrapes >= 2, `${scrapes} scrapes`);
  }

  async function value(expression: string): Promise<number> {
    const [series] = await prometheus.query(expression);
    return Number(series?.value?.[1] ?? NaN);
  }

  function total(job: string): Promise<number> {
    return value(`sum(http_requests_total{job="${job}"})`);
  }
});
