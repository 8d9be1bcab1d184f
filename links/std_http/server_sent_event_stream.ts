/**
 * Messages to the bytes of an event stream.
 *
 * @module
 */

/** One message; `data` and `comment` may have several lines. */
export interface ServerSentEventMessage {
  /** Ignored by clients, good as a sign of life. */
  comment?: string;
  /** The type of the event. */
  event?: string;
  /** The payload. */
  data?: string;
  /** The id that a client sends back when it connects anew. */
  id?: string | number;
  /** Milliseconds after which a client connects anew. */
  retry?: number;
}

const LINE_END = /\r\n|\r|\n/;
const encoder = new TextEncoder();

/** Turns messages into the bytes of a `text/event-stream` body. */
export class ServerSentEventStream extends TransformStream<ServerSentEventMessage, Uint8Array> {
  constructor() {
    super({ transform: (message, controller) => controller.enqueue(encoder.encode(lines(message))) });
  }
}

function lines(message: ServerSentEventMessage): string {
  const { comment, event, data, id, retry } = message;
  let text = "";
  for (const line of comment?.split(LINE_END) ?? []) text += `:${line}\n`;
  if (event !== undefined) text += `event:${oneLine("event", event)}\n`;
  for (const line of data?.split(LINE_END) ?? []) text += `data:${line}\n`;
  if (id !== undefined) text += `id:${oneLine("id", String(id))}\n`;
  if (retry !== undefined) text += `retry:${retry}\n`;
  return text + "\n";
}

function oneLine(field: string, value: string): string {
  if (LINE_END.test(value)) {
    throw new SyntaxError(`Cannot serialize message: \`message.${field}\` cannot contain a newline`);
  }
  return value;
}
