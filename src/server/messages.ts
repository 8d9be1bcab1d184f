/**
 * What the main thread and its workers tell each other. Metric values are not among it: those are in shared memory.
 *
 * @module
 */
import type { HttpConvention } from "./options.ts";
import type { StartErrorCode } from "./start_error.ts";
import type { Attachment } from "../registry/registry.ts";
import type { TlsPair } from "../host/types.ts";

/** What a worker has before its first line runs. */
export interface WorkerStart {
  /** Its slot, from 0. */
  readonly slot: number;
  /** Its incarnation of the slot, from 1. */
  readonly epoch: number;
  /** The slab it writes to. */
  readonly attachment: Attachment;
  /** URL of the handler's module. */
  readonly handler: string;
  readonly hostname: string;
  /** Whether it shares its port with other workers. */
  readonly shared: boolean;
  readonly tls: TlsPair | undefined;
  readonly metricsPath: string | undefined;
  /** Whether it counts its requests, and in whose families. */
  readonly instrument: false | HttpConvention;
  /** For the handler module's `start()`. */
  readonly handlerData: unknown;
}

/** From the main thread to a worker. */
export type ToWorker =
  /** Open the port; 0 lets the kernel choose. */
  | { readonly type: "listen"; readonly port: number }
  /** From the server's extension to the handler module. */
  | { readonly type: "extension"; readonly message: unknown }
  /** The answer to a scrape. */
  | ({ readonly type: "scraped"; readonly id: number } & ScrapeAnswer)
  /** Tell clients to close their connections; nothing is refused yet. */
  | { readonly type: "discourage" }
  /** Stop accepting, answer what was accepted, then exit. */
  | { readonly type: "drain" };

/** From a worker to the main thread. */
export type FromWorker =
  /** The handler's module is loaded, the port may be opened. */
  | { readonly type: "loaded" }
  /** The port is open. */
  | { readonly type: "listening"; readonly port: number }
  /** It cannot do its work, and ends. */
  | { readonly type: "failed"; readonly code: StartErrorCode; readonly message: string }
  /** Someone asks for the metrics on the serving port. */
  | ({ readonly type: "scrape"; readonly id: number } & ScrapeQuestion);

/** What decides how a scrape is answered. */
export interface ScrapeQuestion {
  readonly method: string;
  /** The `Accept` header. */
  readonly accept: string | null;
  /** The `Accept-Encoding` header. */
  readonly acceptEncoding: string | null;
  /** The URL's query, without the question mark. */
  readonly query: string;
}

/** The answer to a scrape, as far as it is data. */
export interface ScrapeAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array<ArrayBuffer>;
}
