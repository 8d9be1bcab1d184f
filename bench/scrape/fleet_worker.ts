/**
 * The worker's side of a fleet, the same in threads and in processes.
 *
 * @module
 */
import { BroadcastChannel } from "node:worker_threads";
import { readlinkSync } from "node:fs";
import process from "node:process";
import { serialize } from "node:v8";
import type { Library } from "../peers/prom_client_api.ts";
import { type FilledFamily, fillFamily } from "./families.ts";
import type { FleetPlan, WorkerCall } from "./fleet.ts";
import { LoopGap } from "./loop_gap.ts";

/** A message to a worker; the mark tells it from the library's own. */
export interface FleetCall {
  readonly fleet: true;
  readonly call: WorkerCall;
  readonly value: number;
}
/** A worker's answer. The first one, unasked, tells that it is ready and which thread it runs in. */
export interface FleetAnswer {
  readonly fleet: true;
  readonly value: number;
  readonly task?: string;
}

/** How a worker reaches the thread that leads the fleet. */
export interface FleetPort {
  send(answer: FleetAnswer): void;
  receive(handler: (message: unknown) => void): void;
}

/** Fills the family, says that it is there, and answers calls for ever. */
export function answerFleet(port: FleetPort, library: Library, plan: FleetPlan): void {
  const family = fillFamily(library, plan.kind, plan.series);
  const gap = new LoopGap();
  const counter = new MessageCounter();
  port.receive((message) => {
    if (!isFleetCall(message)) return;
    if (message.call === "hang") {
      port.send({ fleet: true, value: 0 });
      // The answer is handed over by the event loop, so the loop must turn once before it stands still.
      setTimeout(() => spin(message.value), 20);
      return;
    }
    port.send({ fleet: true, value: answer(message, { family, gap, counter }) });
  });
  port.send({ fleet: true, value: 0, task: currentTask() });
}

function isFleetCall(message: unknown): message is FleetCall {
  return typeof message === "object" && message !== null && "fleet" in message;
}

function answer(
  { call, value }: FleetCall,
  { family, gap, counter }: { family: FilledFamily; gap: LoopGap; counter: MessageCounter },
): number {
  switch (call) {
    case "touch":
      return family.touch(value);
    case "watch":
      gap.start();
      return 0;
    case "watched":
      return gap.stop();
    case "count":
      counter.start();
      return 0;
    case "counted":
      return counter.stop();
    case "hang":
      return 0;
  }
}

function spin(milliseconds: number): void {
  const endMs = performance.now() + milliseconds;
  while (performance.now() < endMs);
}

function currentTask(): string {
  try {
    return `/proc/${readlinkSync("/proc/thread-self")}`;
  } catch {
    // Only Linux tells which thread this is.
    return "";
  }
}

/** Counts what a library sends, by standing in for the functions that it sends with. */
class MessageCounter {
  #bytes = 0;
  #restore: () => void = () => {};

  start(): void {
    this.#bytes = 0;
    const { send } = process;
    const { postMessage } = BroadcastChannel.prototype;
    const count = (bytes: number) => this.#bytes += bytes;
    BroadcastChannel.prototype.postMessage = function (message) {
      count(serialize(message).length);
      return postMessage.call(this, message);
    };
    if (send !== undefined) {
      process.send = (...message: Parameters<typeof send>) => {
        count(new TextEncoder().encode(JSON.stringify(message[0])).length);
        return send.apply(process, message);
      };
    }
    this.#restore = () => {
      BroadcastChannel.prototype.postMessage = postMessage;
      process.send = send;
    };
  }

  stop(): number {
    this.#restore();
    return this.#bytes;
  }
}
