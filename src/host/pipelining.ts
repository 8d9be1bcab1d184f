/**
 * Requests that a client sends over one connection before it has the answer to the one before.
 *
 * `node:http` hands over all that it finds in what it has read, thousands at a time, and goes on reading while their
 * answers wait: one such client would take the thread from all others, and memory without end.
 *
 * @module
 */
import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";

/** The most requests of one connection that wait for their turn; a client that sends more is cut off. */
export const PIPELINED_MAX = 256;

/** One connection whose last request is not answered yet. */
interface Line {
  /** The answer that the next request waits for. */
  last: ServerResponse;
  waiting: number;
}

/** Lets the requests of each connection wait for each other. Owner thread only. */
export class Pipelining {
  readonly #lines: WeakMap<Socket, Line> = new WeakMap();

  /** Runs `answer` when the requests before this one on its connection are answered, at once if they are. */
  enter(socket: Socket, outgoing: ServerResponse, answer: () => void): void {
    const line = this.#lines.get(socket);
    if (line === undefined) {
      this.#lines.set(socket, { last: outgoing, waiting: 0 });
      return answer();
    }
    const before = line.last;
    line.last = outgoing;
    if (line.waiting === 0 && isOver(before)) return answer();
    if (++line.waiting > PIPELINED_MAX) return void socket.destroy();
    onceOver(before, () => {
      line.waiting--;
      if (!socket.destroyed) answer();
    });
  }
}

function isOver(outgoing: ServerResponse): boolean {
  return outgoing.writableFinished || outgoing.destroyed;
}

/** Calls `listener` once, when the response is with the system, or its connection is gone. */
function onceOver(outgoing: ServerResponse, listener: () => void): void {
  let told = false;
  const tell = () => {
    if (told) return;
    told = true;
    listener();
  };
  outgoing.once("finish", tell);
  outgoing.once("close", tell);
}
