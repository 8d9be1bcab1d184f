/**
 * A whole LLM server for tests: real threads, real ports, fast time.
 *
 * @module
 */
import { type LlmServeOptions, type LlmServer, serveLlm } from "../../src/llm/mod.ts";

/** Sample values by name and labels, as a scrape has them. */
export class Scrape {
  readonly #lines: readonly { name: string; labels: Readonly<Record<string, string>>; value: number }[];

  /** @param text An exposition in the text format. */
  constructor(text: string) {
    this.#lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#")).map((line) => {
      const [, name, labels = "", value] = /^([^{ ]+)(?:\{(.*)\})? (\S+)$/.exec(line)!;
      const pairs = [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, key, text]) => [key, text]);
      return { name, labels: Object.fromEntries(pairs), value: Number(value.replace("+Inf", "Infinity")) };
    });
  }

  /** Sample names that are there. */
  get names(): Set<string> {
    return new Set(this.#lines.map(({ name }) => name));
  }

  /** The sum of all samples of this name with these labels. @throws {Error} If there is none */
  value(name: string, labels: Readonly<Record<string, string>> = {}): number {
    const values = this.values(name, labels);
    if (values.length === 0) throw new Error(`Cannot find sample "${name}" with ${JSON.stringify(labels)}`);
    return values.reduce((sum, value) => sum + value, 0);
  }

  /** The values of all samples of this name with these labels. */
  values(name: string, labels: Readonly<Record<string, string>> = {}): number[] {
    return this.#lines.filter((line) =>
      line.name === name && Object.entries(labels).every(([key, value]) => line.labels[key] === value)
    ).map(({ value }) => value);
  }
}

let started = 0;

/** An LLM server in this process. */
export class LlmTestServer implements AsyncDisposable {
  readonly server: LlmServer;
  /** What it logged. */
  readonly lines: string[];
  /** The name of its model, which no other server of this process has. */
  readonly model: string;

  private constructor(server: LlmServer, model: string, lines: string[]) {
    this.server = server;
    this.model = model;
    this.lines = lines;
  }

  /** Starts it on free ports, its engine as fast as it can be unless told otherwise. */
  static async start(options: LlmServeOptions = {}): Promise<LlmTestServer> {
    const lines: string[] = [];
    // The main thread's registry outlives a server, so the next one needs series of its own.
    const model = `m-${++started}`;
    const server = await serveLlm({
      model,
      workers: 2,
      port: 0,
      adminPort: 0,
      profile: "instant",
      statsSeconds: 0,
      handleSignals: false,
      drainSeconds: 2,
      log: (line) => lines.push(line),
      ...options,
    });
    return new LlmTestServer(server, model, lines);
  }

  /** Posts JSON. A connection of its own for each request, so that the kernel spreads them over the workers. */
  post(path: string, body: unknown, init: RequestInit = {}): Promise<Response> {
    return fetch(`${this.server.url}${path}`, {
      method: "POST",
      body: JSON.stringify(body),
      ...init,
      headers: { "content-type": "application/json", connection: "close", ...init.headers },
    });
  }

  /** What the admin port exposes now. */
  async scrape(): Promise<Scrape> {
    return new Scrape(await (await fetch(`${this.server.adminUrl}/metrics`)).text());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server.stop();
  }
}
