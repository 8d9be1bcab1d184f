/**
 * Sending metrics to a Pushgateway.
 *
 * @module
 */
// CONTROL PLANE
import type { SnapshotSource } from "../exposition/snapshot.ts";
import type { FamilySamples } from "../model/samples.ts";
import { givenText } from "../model/given_text.ts";
import { type Grouping, groupingPath } from "./grouping_path.ts";
import { render } from "./rendered.ts";

/** The most seconds that a request may take unless told otherwise. */
const TIMEOUT_SECONDS = 10;

/** Where to push what. */
export interface PushgatewayOptions {
  /** The gateway's address, such as `http://localhost:9091`; a path before `/metrics` is kept. */
  readonly url: string | URL;
  /** The label `job` of all that is pushed. */
  readonly job: string;
  /** Further labels that name the group. Two pushers must not share a group. */
  readonly grouping?: Grouping;
  /** What is pushed: a `Collector`. */
  readonly source: SnapshotSource;
  /** `text`, the default, or `protobuf`, which also takes native histograms along. */
  readonly format?: "text" | "protobuf";
  /** Headers of every request, for instance `authorization`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The most seconds that a request may take. Default 10. */
  readonly timeoutSeconds?: number;
}

/**
 * One group of metrics at a Pushgateway: for jobs that end before they could be scraped. Any thread that has a
 * collector.
 *
 * @example A job that tells how it went
 * ```ts ignore
 * import { Collector, Gauge, Pushgateway } from "promslab";
 *
 * const records = new Gauge({ name: "import_records", help: "Records that were imported." });
 * const gateway = new Pushgateway({ url: "http://localhost:9091", job: "import", source: new Collector() });
 * records.set(1234);
 * await gateway.push();
 * ```
 */
export class Pushgateway {
  readonly #url: URL;
  readonly #options: PushgatewayOptions;
  /** The labels that the gateway sets. */
  readonly #groupLabels: ReadonlySet<string>;

  /**
   * Names the group; nothing is sent yet.
   *
   * @throws {TypeError | RangeError} If the address, the job, a label's name or the number of seconds is not valid
   */
  constructor(options: PushgatewayOptions) {
    if (typeof options !== "object" || options === null) {
      throw new TypeError(`Cannot push: wanted an options object, given ${givenText(options)}`);
    }
    const { url, grouping, timeoutSeconds = TIMEOUT_SECONDS } = options;
    if (!(timeoutSeconds > 0 && timeoutSeconds <= 86_400)) {
      throw new RangeError(
        `Cannot push with timeoutSeconds ${givenText(timeoutSeconds)}: wanted a number above 0, up to 86400`,
      );
    }
    if (!URL.canParse(url)) throw new TypeError(`Cannot push to ${givenText(url)}: wanted an address`);
    this.#options = options;
    this.#groupLabels = new Set(["job", ...Object.keys(grouping ?? {})]);
    this.#url = new URL(url);
    const base = this.#url.pathname.replace(/\/$/, "");
    this.#url.pathname = `${base}${groupingPath(options.job, grouping)}`;
  }

  /**
   * Replaces all metrics of the group.
   *
   * @throws {Error} If a family has a label of the group, if the gateway refuses or cannot be reached, or time is over
   */
  push(): Promise<void> {
    return this.#send("PUT");
  }

  /**
   * Replaces the metrics of the same names in the group, and leaves its others.
   *
   * @throws {Error} As {@linkcode Pushgateway.push} does
   */
  pushAdd(): Promise<void> {
    return this.#send("POST");
  }

  /**
   * Deletes the group.
   *
   * @throws {Error} If the gateway refuses or cannot be reached, or time is over
   */
  delete(): Promise<void> {
    return this.#send("DELETE");
  }

  async #send(method: "PUT" | "POST" | "DELETE"): Promise<void> {
    const { source, format = "text" } = this.#options;
    const content = method === "DELETE"
      ? undefined
      : await render(source, format, (samples) => this.#checkLabels(samples));
    const { ok, status, said } = await this.#request({
      method,
      headers: content && { "content-type": content.contentType },
      body: content && new Blob([...content.chunks]),
    });
    if (!ok) throw new Error(`Cannot push to "${this.#url}": status ${status}${said && `, ${said}`}`);
  }

  async #request(
    request: { method: string; headers?: Record<string, string>; body?: Blob },
  ): Promise<{ ok: boolean; status: number; said: string }> {
    const { headers, timeoutSeconds = TIMEOUT_SECONDS } = this.#options;
    const signal = AbortSignal.timeout(timeoutSeconds * 1000);
    try {
      const response = await fetch(this.#url, {
        ...request,
        headers: { ...headers, ...request.headers },
        signal,
      });
      return { ok: response.ok, status: response.status, said: (await response.text()).trim() };
    } catch (cause) {
      const why = signal.aborted ? `no answer in ${timeoutSeconds} s` : (cause as Error).message;
      throw new Error(`Cannot push to "${this.#url}": ${why}`, { cause });
    }
  }

  /** WHY: the gateway would overwrite the label and merge series that differ in it. */
  #checkLabels({ descriptor, block }: FamilySamples): void {
    const names = [...block.labelNames, ...Object.keys(descriptor.constLabels)];
    const clash = names.find((name) => this.#groupLabels.has(name));
    if (clash === undefined) return;
    throw new Error(`Cannot push family "${descriptor.name}": its label "${clash}" names the group`);
  }
}
