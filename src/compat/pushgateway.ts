/**
 * Sending to a Pushgateway.
 *
 * @module
 */
// CONTROL PLANE
import { sendHttp } from "../host/http_send.ts";
import { globalRegistry, Registry } from "./registry.ts";
import type { RegistryContentType } from "./types.ts";
import { isObject } from "./validation.ts";

/** What a request to the gateway resolves to. */
export interface PushAnswer {
  /** Node's message. */
  resp?: unknown;
  /** The body's text. */
  body?: unknown;
}

/**
 * Pushes a registry's metrics to a Pushgateway.
 *
 * @example A batch job that pushes when it is done
 * ```ts ignore
 * import { Pushgateway, register } from "promslab/compat";
 *
 * const gateway = new Pushgateway("http://127.0.0.1:9091", {}, register);
 * await gateway.pushAdd({ jobName: "backup" });
 * ```
 */
export class Pushgateway<T extends RegistryContentType = RegistryContentType> {
  /** The gateway's address. */
  readonly gatewayUrl: string;
  /** What is pushed. */
  readonly registry: Registry<T>;
  /** Whether every call must name a job. */
  readonly requireJobName: boolean;
  /** Options of Node's HTTP client. */
  readonly requestOptions: Record<string, unknown>;

  /**
   * A gateway for one registry.
   *
   * @param url the gateway's address, with its port
   * @param registry what is pushed
   */
  constructor(url: string, registry: Registry<T>);
  /**
   * A gateway.
   *
   * @param url the gateway's address, with its port
   * @param options options of Node's HTTP client, and `requireJobName`, which is true unless told otherwise
   * @param registry what is pushed; by default the global registry
   */
  constructor(url: string, options?: Pushgateway.Options | null, registry?: Registry<T>);
  constructor(url: string, second?: Pushgateway.Options | Registry<T> | null, third?: Registry<T>) {
    const given = second instanceof Registry;
    this.gatewayUrl = url;
    this.registry = given ? second : third ?? globalRegistry as unknown as Registry<T>;
    const { requireJobName = true, ...requestOptions } = (given ? undefined : second) ?? {};
    this.requireJobName = requireJobName;
    this.requestOptions = requestOptions;
  }

  /**
   * Replaces the metrics of the same names in the group.
   *
   * @throws {Error} If the job's name is missing, or the gateway refuses
   */
  pushAdd(params?: Pushgateway.Parameters): Promise<PushAnswer> {
    return this.#send("POST", this.#checked(params));
  }

  /**
   * Replaces all metrics of the group.
   *
   * @throws {Error} If the job's name is missing, or the gateway refuses
   */
  push(params?: Pushgateway.Parameters): Promise<PushAnswer> {
    return this.#send("PUT", this.#checked(params));
  }

  /**
   * Deletes the group.
   *
   * @throws {Error} If the job's name is missing, or the gateway refuses
   */
  delete(params?: Pushgateway.Parameters): Promise<PushAnswer> {
    return this.#send("DELETE", this.#checked(params));
  }

  #checked(params: Partial<Pushgateway.Parameters> = {}): Partial<Pushgateway.Parameters> {
    if (this.requireJobName && !params.jobName) throw new Error("Missing jobName parameter");
    return params;
  }

  async #send(method: string, { jobName, groupings }: Partial<Pushgateway.Parameters>): Promise<PushAnswer> {
    const url = new URL(this.gatewayUrl);
    const base = url.pathname === "/" ? "" : url.pathname;
    const job = jobName ? `/job/${encodeURIComponent(jobName)}${groupingPath(groupings)}` : "";
    url.pathname = `${base}/metrics${job}`;
    const { headers, ...options } = this.requestOptions;
    const given = isObject(headers) ? { ...headers } : undefined;
    const gzip = given?.["Content-Encoding"] === "gzip";
    if (method === "DELETE" && given !== undefined) delete given["Content-Encoding"];
    const answer = await sendHttp(
      url,
      given === undefined ? { ...options, method } : { ...options, headers: given, method },
      {
        body: method === "DELETE" ? undefined : await this.registry.metrics(),
        gzip,
        timedOut: "Pushgateway request timed out",
      },
    );
    const { resp, body } = answer;
    if (answer.status >= 400) throw new Error(`push failed with status ${answer.status}, ${body}`);
    return { resp, body };
  }
}

/** Types of the gateway's arguments. */
export declare namespace Pushgateway {
  /** Options of Node's HTTP client, and ours. */
  interface Options {
    /** Whether every call must name a job. Default true. */
    requireJobName?: boolean;
    /** What Node's client takes. */
    [key: string]: unknown;
  }

  /** Which group is meant. */
  interface Parameters {
    /** The job's name. */
    jobName: string;
    /** Further labels of the group. */
    groupings?: { [key: string]: string };
  }
}

function groupingPath(groupings: { [key: string]: string } | undefined): string {
  return Object.entries(groupings ?? {}).map(([name, value]) =>
    `/${encodeURIComponent(name)}/${encodeURIComponent(value)}`
  ).join("");
}
