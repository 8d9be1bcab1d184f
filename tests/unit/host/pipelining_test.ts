import { assertEquals } from "@std/assert";
import { EventEmitter } from "node:events";
import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { PIPELINED_MAX, Pipelining } from "../../../src/host/pipelining.ts";

/** A response that ends when the test says so. */
class Outgoing extends EventEmitter {
  writableFinished = false;
  destroyed = false;

  finish(): void {
    this.writableFinished = true;
    this.emit("finish");
    this.emit("close");
  }
}

/** A connection, its requests by number, and which of them were answered, in order. */
function connection() {
  const socket = { destroyed: false, destroy: () => void (socket.destroyed = true) };
  const pipelining = new Pipelining();
  const answered: number[] = [];
  let count = 0;
  return {
    socket,
    answered,
    request(): Outgoing {
      const outgoing = new Outgoing();
      const number = count++;
      pipelining.enter(
        socket as unknown as Socket,
        outgoing as unknown as ServerResponse,
        () => answered.push(number),
      );
      return outgoing;
    },
  };
}

Deno.test("Pipelining.enter() answers at once what waits for nothing", () => {
  const { request, answered } = connection();
  request().finish();
  request().finish();
  assertEquals(answered, [0, 1]);
});

Deno.test("Pipelining.enter() answers one request of a connection after the other", () => {
  const { request, answered } = connection();
  const [first, second, third] = [request(), request(), request()];
  assertEquals(answered, [0]);
  first.finish();
  assertEquals(answered, [0, 1]);
  second.finish();
  assertEquals(answered, [0, 1, 2]);
  third.finish();
  request();
  assertEquals(answered, [0, 1, 2, 3]);
});

Deno.test("Pipelining.enter() cuts a client off that sends too many, and answers none of the rest", () => {
  const { request, answered, socket } = connection();
  const first = request();
  for (let i = 0; i < PIPELINED_MAX; i++) request();
  assertEquals(socket.destroyed, false);
  request();
  assertEquals(socket.destroyed, true);
  first.finish();
  assertEquals(answered, [0]);
});
