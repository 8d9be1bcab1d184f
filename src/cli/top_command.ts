/**
 * The command `promslab top`.
 *
 * @module
 */
import { History } from "../dashboard/model/history.ts";
import { readExposition } from "../exposition/check/parse_exposition.ts";
import { environmentVariable } from "../host/program.ts";
import { Terminal } from "../host/terminal.ts";
import { dialectOf } from "./check_target.ts";
import { exposedFamilies, exposedTable } from "./exposition_table.ts";
import { EXIT } from "./exit_codes.ts";
import { ASK_FLAGS, type AskOptions, readServer, serverUrl, tokenOf } from "./read_target.ts";
import { numberFlag, type Tool, type ToolArguments, type ToolUsage } from "./tool_arguments.ts";
import { topLines, type TopView } from "./top_screen.ts";
import { TargetError } from "./usage_error.ts";

const USAGE: ToolUsage = {
  line: "promslab top [URL] [FLAGS]",
  text:
    `Shows what a server does, again and again: requests, latencies, tokens, routes, the busiest counters, the largest
families. URL is any Prometheus endpoint (default: http://127.0.0.1:9464, path /metrics). q ends it, p pauses it.
Where the output is no terminal, it looks twice, prints once and ends.

Ends with 0, or with 2 if the server could not be asked.`,
  target: { name: "URL", fallback: "http://127.0.0.1:9464" },
  flags: [
    { flag: "interval", placeholder: "SECONDS", help: "time between two looks (default: 2)" },
    { flag: "once", help: "look twice, print once and end" },
    ...ASK_FLAGS,
  ],
};

/** What servers are asked for: both can be read, the text format is the smaller one. */
const ACCEPT = "text/plain;version=0.0.4,application/openmetrics-text;version=1.0.0;q=0.5";

/** Lines of a stream that is no terminal. */
const STREAM = { columns: 120, rows: Infinity };

/** The command. */
export const TOP: Tool = { usage: USAGE, run: top };

async function top({ target, values }: ToolArguments): Promise<number> {
  const intervalSeconds = numberFlag(values, "interval", { fallback: 2, min: 0.1 });
  const timeoutSeconds = numberFlag(values, "timeout", { fallback: 10, min: 0.001 });
  const url = serverUrl(target, "/metrics");
  const watcher = new Watcher(url, { accept: ACCEPT, token: tokenOf(values), timeoutSeconds });
  await watcher.look();
  const terminal = new Terminal();
  if (values.has("once") || !terminal.isInteractive) {
    await new Promise((resolve) => setTimeout(resolve, Math.min(1, intervalSeconds) * 1000));
    await watcher.look();
    console.log(topLines(watcher.view("live"), { ...STREAM, color: false }).join("\n"));
    return EXIT.ok;
  }
  const color = (environmentVariable("NO_COLOR") ?? "") === "";
  await show(watcher, terminal, { intervalSeconds, color });
  return EXIT.ok;
}

/** Looks at a server and remembers. */
class Watcher {
  readonly #url: URL;
  readonly #options: AskOptions;
  readonly #history: History = new History();
  #last: Omit<TopView, "state" | "url" | "history"> = { families: [], scrape: { seconds: NaN, bytes: NaN } };

  constructor(url: URL, options: AskOptions) {
    this.#url = url;
    this.#options = options;
  }

  /** @throws {TargetError} If the server cannot be asked */
  async look(): Promise<void> {
    const { body, contentType, seconds } = await readServer(this.#url, this.#options);
    const families = readExposition(body, dialectOf(body, contentType), () => {});
    if (families.length === 0 && body.length > 0) {
      throw new TargetError(`Cannot read ${this.#url.href}: these are no metrics`);
    }
    this.#history.add(exposedTable(families), Date.now() / 1000);
    this.#last = { families: exposedFamilies(families), scrape: { seconds, bytes: body.byteLength } };
  }

  view(state: string): TopView {
    return { url: this.#url.href, history: this.#history, state, ...this.#last };
  }
}

/** Shows it until somebody presses q. */
async function show(
  watcher: Watcher,
  terminal: Terminal,
  { intervalSeconds, color }: { intervalSeconds: number; color: boolean },
): Promise<void> {
  let state = "live";
  let paused = false;
  const draw = () => {
    const { columns, rows } = terminal.size();
    terminal.draw(topLines(watcher.view(paused ? "paused" : state), { columns, rows, color }));
  };
  const { promise: left, resolve: leave } = Promise.withResolvers<void>();
  const look = async () => {
    try {
      await watcher.look();
      state = "live";
    } catch (error) {
      if (!(error instanceof TargetError)) throw error;
      state = error.message;
    }
    draw();
  };
  terminal.enter((key) => {
    if (key === "q" || key === "\x03" || key === "\x1b") leave();
    else if (key === "p") {
      paused = !paused;
      draw();
    }
  }, draw);
  try {
    draw();
    let looking = false;
    const timer = setInterval(() => {
      if (paused || looking) return;
      looking = true;
      void look().finally(() => looking = false);
    }, intervalSeconds * 1000);
    await left;
    clearInterval(timer);
  } finally {
    terminal.leave();
  }
}
