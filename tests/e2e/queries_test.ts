// needs: prometheus
/**
 * A real Prometheus evaluates every expression of the dashboards and rules, over servers that work.
 */
import { assert, assertEquals } from "@std/assert";
import { familyGroups } from "../../tools/family_catalog.ts";
import { dashboards } from "../../tools/operate/panels.ts";
import { ruleGroups } from "../../tools/operate/rules.ts";
import { startApp } from "../_support/app_server.ts";
import { ROOT } from "../_support/command.ts";
import { LlmTestServer } from "../_support/llm_server.ts";
import { ask, omniPipeline, startPipeline } from "../_support/pipeline_server.ts";
import { startPrometheus } from "../_support/prometheus.ts";
import { waitFor } from "../_support/wait_for.ts";

/** What Deno tells nothing of, garbage collections: the expressions are valid, and give nothing. */
const WITHOUT_DATA = /nodejs_gc_/;

/** Alerts are quiet on servers that are well. */
const RULE_FILES = ["recording_rules.yml", "alert_rules.yml"]
  .map((file) => new URL(`deploy/prometheus/${file}`, ROOT).pathname);

function expanded(expression: string): string {
  return expression.replaceAll("$__rate_interval", "20s").replaceAll(/"\$\w+"/g, '".*"');
}

Deno.test("every expression of the dashboards and rules gives something", async () => {
  await using app = await startApp({ workers: 2 });
  await using llm = await LlmTestServer.start({ workers: 2 });
  await using gateway = await LlmTestServer.start({
    workers: 1,
    upstreams: llm.server.url,
    model: undefined,
  });
  const one = { replicas: 1 };
  await using pipeline = await startPipeline(omniPipeline({ thinker: one, vocoder: one }), { workers: 1 });
  const servers = { llm, gateway, pipeline };
  await using prometheus = await startPrometheus([
    { name: "app", target: `127.0.0.1:${app.adminPort}`, path: "/metrics" },
    ...Object.entries(servers).map(([name, { server }]) => ({
      name,
      target: new URL(server.adminUrl!).host,
      path: "/metrics",
    })),
  ], { rule_files: RULE_FILES });
  const groups = await familyGroups();
  const shown = dashboards(groups).flatMap(({ title, rows }) =>
    rows.flatMap(({ panels }) =>
      panels.flatMap((panel) =>
        panel.queries.map(({ expression }) => ({
          where: `${title}, ${panel.title}`,
          expression: expanded(expression),
        }))
      )
    )
  );
  const rules = ruleGroups(groups);
  const recorded = rules.flatMap(({ recording }) =>
    recording.map(({ record, expr }) => ({ where: record, expression: expr }))
  );
  const pending = new Set([...shown, ...recorded]);
  assert(pending.size > 50);
  // Each round works a little and asks again for what had no data: rates need two scrapes.
  await waitFor(async () => {
    for (const path of ["/", "/users/bob", "/fail", "/stream"]) {
      await (await fetch(`${app.url}${path}`)).text();
    }
    const body = { model: llm.model, prompt: "Once upon a time there was", max_tokens: 8 };
    for (const server of [llm, gateway]) await (await server.post("/v1/completions", body)).text();
    for (const kind of ["audio", "stream", "image", "video"] as const) {
      await (await ask(pipeline, kind)).text();
    }
    for (const one of pending) {
      const series = await prometheus.query(one.expression);
      if (series.length > 0 || WITHOUT_DATA.test(one.expression)) pending.delete(one);
    }
    return pending.size === 0;
  }, { what: "data for every expression", deadlineMs: 120_000, pauseMs: 500 }).catch(() => {});
  assertEquals([...pending].map(({ where, expression }) => `${where}: ${expression}`), []);
  for (const { alert, expr } of rules.flatMap(({ alerts }) => alerts)) {
    await prometheus.query(expr);
    assert(alert.length > 0);
  }
  const { groups: loaded } = await prometheus.api<
    { groups: { rules: { health: string; lastError?: string }[] }[] }
  >("rules");
  const problems = loaded.flatMap(({ rules }) => rules).filter(({ health }) => health === "err");
  assertEquals(problems, []);
  assertEquals(
    loaded.flatMap(({ rules }) => rules).length,
    recorded.length + rules.flatMap(({ alerts }) => alerts).length,
  );
});
