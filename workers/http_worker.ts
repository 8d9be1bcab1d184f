/**
 * Entry point of the threads that answer requests.
 *
 * @module
 */
import { runWorker } from "../src/server/worker_main.ts";

await runWorker();
