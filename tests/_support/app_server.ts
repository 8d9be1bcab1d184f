/**
 * The real command line serving a module, on ports that the kernel chose.
 *
 * @module
 */
import { type CommandOptions, ROOT, type RunningCommand, startCommand } from "./command.ts";

/** A running server. Made with `await using`, it is ended with the block. */
export interface AppServer extends AsyncDisposable {
  readonly command: RunningCommand;
  /** Where requests go, without a slash at the end. */
  readonly url: string;
  /** Where the admin port is, without a slash at the end. */
  readonly adminUrl: string;
  readonly port: number;
  readonly adminPort: number;
  /** How many workers accept requests, by the admin port. */
  acceptingWorkers(): Promise<number>;
  /** One scrape of either port. */
  scrape(from?: "serving" | "admin"): Promise<Scrape>;
}

/** What to serve, and how. */
export interface AppServerOptions extends Partial<Pick<CommandOptions, "env" | "deadlineMs">> {
  /** The module, relative to the repository; the example application if left out. */
  readonly module?: string;
  /** The command and its arguments, instead of serving the module. */
  readonly what?: readonly string[];
  /** More flags. */
  readonly flags?: readonly string[];
  /** Default 3. */
  readonly workers?: number;
  /** The program and its arguments up to the command line's own; Deno with the net flag of deno.json by default. */
  readonly program?: readonly string[];
}

/** The line that says that the server is ready. */
export const READY =
  /^promslab ready: (https?:\/\/[^ ]+:(\d+)) \((\d+) workers?\), metrics (https?:\/\/[^ ]+:(\d+))\/metrics$/m;

/** Starts the server and waits until it is ready. */
export async function startApp(options: AppServerOptions = {}): Promise<AppServer> {
  const {
    module = "examples/app.ts",
    flags = [],
    workers = 3,
    program = ["deno", "run", "-A"],
    env,
    deadlineMs,
  } = options;
  const { what = ["serve", new URL(module, ROOT).href] } = options;
  const sizes = ["--workers", String(workers), "--port", "0", "--admin-port", "0"];
  const command = await startCommand({
    command: [...program, "src/cli/main.ts", ...what, ...sizes, ...flags],
    ready: READY,
    env,
    deadlineMs,
  });
  const [, url, port, , adminUrl, adminPort] = command.ready!;
  return {
    command,
    url,
    adminUrl,
    port: Number(port),
    adminPort: Number(adminPort),
    acceptingWorkers: () => acceptingWorkers(adminUrl),
    scrape: (from = "admin") => scrape(`${from === "admin" ? adminUrl : url}/metrics`),
    [Symbol.asyncDispose]: () => command[Symbol.asyncDispose](),
  };
}

async function acceptingWorkers(adminUrl: string): Promise<number> {
  const response = await fetch(`${adminUrl}/-/ready`);
  return Number(/(\d+) of \d+ workers accept/.exec(await response.text())?.[1] ?? NaN);
}

/**
 * How often a server has said that a worker ended as `sentence`. A machine that starves a worker makes it hang beside
 * the one that a test hangs, so that a test cannot know the number of hangs, but that each is counted.
 */
export function endsSaid({ command }: Pick<AppServer, "command">, sentence: string): number {
  return command.stderr.split(`ended as ${sentence}`).length - 1;
}

/** The samples of one scrape in the text format, by the line's text before the value. */
export class Scrape {
  readonly samples: ReadonlyMap<string, number>;

  constructor(text: string) {
    const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
    this.samples = new Map(lines.map((line) => {
      const space = line.lastIndexOf(" ");
      return [line.slice(0, space), Number(line.slice(space + 1))];
    }));
  }

  /** The sum over all series of a name whose line holds every one of the given parts, such as `status="200"`. */
  sum(name: string, ...parts: string[]): number {
    let sum = 0;
    for (const [line, value] of this.samples) {
      const own = line === name || line.startsWith(`${name}{`);
      if (own && parts.every((part) => line.includes(part))) sum += value;
    }
    return sum;
  }

  /** The counters, counts and buckets that are lower here than in an earlier scrape, or gone. */
  decreasesSince(earlier: Scrape): string[] {
    return [...earlier.samples].flatMap(([line, before]) => {
      if (!/^\w+(?:_total|_count|_bucket)(?:\{|$)/.test(line)) return [];
      const now = this.samples.get(line);
      return now === undefined || now < before ? [`${line}: ${before} then ${now}`] : [];
    });
  }
}

/** Scrapes a URL. @throws {Error} If it does not answer with status 200 */
export async function scrape(url: string): Promise<Scrape> {
  const response = await fetch(url);
  const text = await response.text();
  if (response.status !== 200) throw new Error(`Cannot scrape "${url}": status ${response.status}, ${text}`);
  return new Scrape(text);
}
