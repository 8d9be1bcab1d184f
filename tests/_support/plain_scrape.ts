/**
 * A scrape that asks for nothing in particular.
 *
 * @module
 */
import type { ScrapeRequest } from "../../src/server/scrape/scrape_messages.ts";

/** `GET /metrics` without any header. */
export const PLAIN_SCRAPE: ScrapeRequest = {
  method: "GET",
  accept: null,
  acceptEncoding: null,
  authorization: null,
  query: "",
  timeoutSeconds: null,
};
