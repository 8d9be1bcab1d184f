/**
 * A Web Worker that counts, beats, and ends by itself without a word when it is told to.
 *
 * @module
 */
import { Counter, defaultRegistry, Gauge } from "../../mod.ts";

const scope = globalThis as unknown as {
  onmessage: (event: MessageEvent) => void;
  postMessage(message: unknown): void;
  close(): void;
};

scope.onmessage = ({ data }) => {
  if (data === "end") return scope.close();
  defaultRegistry.attach(data);
  new Counter({ name: "done_total", help: "Done." }).inc(7);
  new Gauge({ name: "busy", help: "At work." }).set(1);
  defaultRegistry.beat();
  scope.postMessage("counted");
};
