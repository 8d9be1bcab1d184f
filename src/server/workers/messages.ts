/**
 * What the main thread and its workers tell each other. Metric values are not among it: those are in shared memory.
 *
 * @module
 */
import type { HttpConvention } from "../options.ts";
import type { StartErrorCode } from "../start_error.ts";
import type { Attachment } from "../../registry/registry.ts";
import type { ConnectionLimits, TlsPair } from "../../host/types.ts";
import type { AccessLogOptions } from "../access_log.ts";
import type { RequestLimits } from "../request_limits.ts";
import type { ScrapeChunk, ScrapeRequest, ScrapeResponseHead } from "../scrape/scrape_messages.ts";

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
  readonly requestLimits: RequestLimits | undefined;
  readonly connectionLimits: ConnectionLimits | undefined;
  readonly accessLog: AccessLogOptions | undefined;
  readonly metricsPath: string | undefined;
  /** Whether it counts its requests, and in whose families. */
  readonly instrument: false | HttpConvention;
  /** Whether it reports its heap and event loop. */
  readonly runtimeMetrics: boolean;
  /** For the handler module's `start()`. */
  readonly handlerData: unknown;
}

/** From the main thread to a worker. */
export type ToWorker =
  /** Open the port; 0 lets the kernel choose. */
  | { readonly type: "listen"; readonly port: number }
  /** From the server's extension to the handler module. */
  | { readonly type: "extension"; readonly message: unknown }
  /** The answer to a scrape, with the first piece of its body. */
  | ({ readonly type: "scraped" } & ScrapeResponseHead & ScrapeChunk)
  /** The next piece of a scrape's body. */
  | ({ readonly type: "scrapePiece" } & ScrapeChunk)
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
  | ({ readonly type: "scrape"; readonly id: number } & ScrapeRequest)
  /** He has room for the next piece. */
  | { readonly type: "scrapeMore"; readonly id: number }
  /** He has left before the last piece. */
  | { readonly type: "scrapeEnd"; readonly id: number };
