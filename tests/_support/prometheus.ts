/**
 * A real Prometheus that scrapes what a test serves, and its query API.
 *
 * @module
 */
import { findTool } from "../../tools/_tools.ts";
import { type RunningCommand, startCommand } from "./command.ts";
import { freePort } from "./free_port.ts";
import { waitFor } from "./wait_for.ts";

/** One job of the configuration. */
export interface ScrapeJob {
  readonly name: string;
  /** Host and port. */
  readonly target: string;
  readonly path: string;
}

/** A series in an answer to an instant query. */
export interface InstantSeries {
  readonly metric: Readonly<Record<string, string>>;
  readonly value?: readonly [seconds: number, value: string];
  /** A native histogram instead of a value. */
  readonly histogram?: readonly [
    seconds: number,
    histogram: { count: string; sum: string; buckets?: unknown[][] },
  ];
}

/** A running Prometheus. Made with `await using`, it ends with the block, and its data with it. */
export class Prometheus implements AsyncDisposable {
  readonly #command: RunningCommand;
  readonly #folder: string;
  readonly #origin: string;

  constructor(command: RunningCommand, folder: string, origin: string) {
    this.#command = command;
    this.#folder = folder;
    this.#origin = origin;
  }

  /** Of its process. */
  get pid(): number {
    return this.#command.pid;
  }

  /** Host and port. */
  get address(): string {
    return new URL(this.#origin).host;
  }

  /** The data of an answer of the HTTP API. */
  async api<T>(path: string, parameters: Record<string, string> = {}): Promise<T> {
    const response = await fetch(`${this.#origin}/api/v1/${path}?${new URLSearchParams(parameters)}`);
    const { status, data, error } = await response.json();
    if (status !== "success") throw new Error(`Cannot ask Prometheus for "${path}": ${error}`);
    return data;
  }

  /** The series that an expression gives now. */
  async query(expression: string): Promise<readonly InstantSeries[]> {
    const { result } = await this.api<{ result: InstantSeries[] }>("query", { query: expression });
    return result;
  }

  /** What it says of each target: health and last error, by job. */
  async targets(): Promise<Map<string, { health: string; lastError: string }>> {
    const { activeTargets } = await this.api<
      { activeTargets: { scrapePool: string; health: string; lastError: string }[] }
    >("targets");
    return new Map(
      activeTargets.map(({ scrapePool, health, lastError }) => [scrapePool, { health, lastError }]),
    );
  }

  /**
   * Waits until every target has been scraped.
   *
   * @returns the targets that it could not scrape, with its reasons
   */
  async scraped(): Promise<string[]> {
    const targets = await waitFor(async () => {
      const targets = await this.targets();
      return [...targets.values()].every(({ health }) => health !== "unknown") ? targets : undefined;
    }, { what: "the first scrape of every target", deadlineMs: 60_000, pauseMs: 100 });
    return [...targets].filter(([, { health }]) => health !== "up").map(([job, { lastError }]) =>
      `${job}: ${lastError}`
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#command[Symbol.asyncDispose]();
    await Deno.remove(this.#folder, { recursive: true });
  }
}

/**
 * Starts Prometheus with one job for each target, scraped every second, native histograms and exemplars on.
 *
 * @param jobs the targets
 * @param more what the configuration has besides; `scrape_configs` are added to those of the jobs
 */
export async function startPrometheus(
  jobs: readonly ScrapeJob[],
  more: { readonly rule_files?: readonly string[]; readonly scrape_configs?: readonly object[] } = {},
): Promise<Prometheus> {
  const folder = await Deno.makeTempDir({ prefix: "promslab_prometheus_" });
  const config = {
    global: { scrape_interval: "1s", scrape_timeout: "1s", evaluation_interval: "1s" },
    ...more,
    scrape_configs: [
      ...jobs.map(({ name, target, path }) => ({
        job_name: name,
        metrics_path: path,
        honor_labels: true,
        static_configs: [{ targets: [target] }],
      })),
      ...more.scrape_configs ?? [],
    ],
  };
  // JSON is YAML too.
  await Deno.writeTextFile(`${folder}/prometheus.yml`, JSON.stringify(config));
  const listen = `127.0.0.1:${freePort()}`;
  const command = await startCommand({
    command: [
      findTool("prometheus").path,
      `--config.file=${folder}/prometheus.yml`,
      `--storage.tsdb.path=${folder}/data`,
      `--web.listen-address=${listen}`,
      "--enable-feature=exemplar-storage,native-histograms",
      "--log.level=warn",
    ],
  });
  const origin = `http://${listen}`;
  await waitFor(async () => {
    const response = await fetch(`${origin}/-/ready`);
    await response.body?.cancel();
    return response.ok || command.ending !== undefined;
  }, { what: "Prometheus to be ready", deadlineMs: 60_000, pauseMs: 50 });
  return new Prometheus(command, folder, origin);
}
