/**
 * Entry point of the threads that answer requests.
 *
 * @module
 */
import { runWorker } from "../src/server/workers/worker_main.ts";

await runWorker();
