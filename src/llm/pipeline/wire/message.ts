/**
 * What stages and API workers say to each other, as frames of 32-bit words: a header, a JSON object, and bytes.
 *
 * @module
 */

/** The kinds of messages. */
export const MESSAGE = {
  /** Worker to first stage: a request; the object is its ticket. */
  SUBMIT: 1,
  /** Worker to any stage: nobody wants the request any more. */
  ABORT: 2,
  /** First stage to worker: the request runs; the object says how long it waited. */
  ACCEPTED: 3,
  /** Text stage to worker: new tokens. */
  TOKENS: 4,
  /** Last stage to worker: media; the object says what the bytes are. */
  DATA: 5,
  /** Any stage to worker: its part is done; the object is its report. */
  REPORT: 6,
  /** Any stage to worker: it failed. */
  FAILED: 7,
  /** Stage to stage: a payload, or a part of one; the object is the request's ticket, with its first hop. */
  HOP: 8,
  /** Worker to a stage of kind llm: sleep, at the level that the object says; 0 wakes it. */
  SLEEP: 9,
} as const;

/** Which request a message is about. Ids are unique in an incarnation of a worker. */
export interface RequestKey {
  readonly slot: number;
  readonly epoch: number;
  readonly id: number;
}

/** What a hop says of its bytes. */
export interface HopPart {
  /** Tokens, or other units of the sender, that the payload stands for; with its last part. */
  readonly units: number;
  /** Whether further parts of the same payload follow. */
  readonly more: boolean;
  /** Whether the sender has no further payload for this request. */
  readonly last: boolean;
  /** By which of the connection's streams the request goes. */
  readonly stream: number;
}

/** A message before it is written. */
export interface Outgoing extends RequestKey {
  readonly kind: number;
  readonly head?: unknown;
  readonly part?: HopPart;
  readonly payload?: Uint8Array;
}

/** A message as it came; it owns its bytes. */
export interface Incoming extends RequestKey {
  readonly kind: number;
  /** When its sender had written it, on the shared clock; 0 if it does not say. */
  readonly sentMs: number;
  readonly head: unknown;
  /** All zero with messages that are no hops. */
  readonly part: HopPart;
  readonly payload: Uint8Array<ArrayBuffer>;
}

const WORD = {
  kind: 0,
  slot: 1,
  epoch: 2,
  id: 3,
  headBytes: 4,
  payloadBytes: 5,
  sentMs: 6,
  units: 8,
  flags: 9,
  stream: 10,
  count: 12,
} as const;
const FLAG = { more: 1, last: 2 } as const;
const FLOAT = new Float64Array(1);
const FLOAT_WORDS = new Int32Array(FLOAT.buffer);
const ENCODER = new TextEncoder();
const DECODER = new TextDecoder();
const NOTHING = new Uint8Array(0);

/** A message whose length is known, ready to be written into words. */
export class PackedMessage {
  /** Words that it takes. */
  readonly length: number;
  readonly #message: Outgoing;
  readonly #head: Uint8Array;
  readonly #payload: Uint8Array;

  constructor(message: Outgoing) {
    this.#message = message;
    this.#head = message.head === undefined ? NOTHING : ENCODER.encode(JSON.stringify(message.head));
    this.#payload = message.payload ?? NOTHING;
    this.length = WORD.count + words(this.#head.length) + words(this.#payload.length);
  }

  /** Writes it; `frame` has its length. */
  put(frame: Int32Array): void {
    const { kind, slot, epoch, id, part } = this.#message;
    frame[WORD.kind] = kind;
    frame[WORD.slot] = slot;
    frame[WORD.epoch] = epoch;
    frame[WORD.id] = id;
    frame[WORD.headBytes] = this.#head.length;
    frame[WORD.payloadBytes] = this.#payload.length;
    frame[WORD.units] = part?.units ?? 0;
    frame[WORD.flags] = (part?.more ? FLAG.more : 0) | (part?.last ? FLAG.last : 0);
    frame[WORD.stream] = part?.stream ?? 0;
    setSentMs(frame, 0);
    const bytes = new Uint8Array(frame.buffer, frame.byteOffset, this.length * 4);
    bytes.set(this.#head, WORD.count * 4);
    bytes.set(this.#payload, (WORD.count + words(this.#head.length)) * 4);
  }
}

/** The frame of a message. */
export function encodeMessage(message: Outgoing): Int32Array {
  const packed = new PackedMessage(message);
  const frame = new Int32Array(packed.length);
  packed.put(frame);
  return frame;
}

/** Says in a frame when it was sent. */
export function setSentMs(frame: Int32Array, sentMs: number): void {
  FLOAT[0] = sentMs;
  frame[WORD.sentMs] = FLOAT_WORDS[0];
  frame[WORD.sentMs + 1] = FLOAT_WORDS[1];
}

/**
 * The message of a frame, which may be used again after the call.
 *
 * @param take gives the memory of the payload; whoever consumes the message may give it back to where it came from
 */
export function decodeMessage(frame: Int32Array, take = newBytes): Incoming {
  FLOAT_WORDS[0] = frame[WORD.sentMs];
  FLOAT_WORDS[1] = frame[WORD.sentMs + 1];
  const sentMs = FLOAT[0];
  const headBytes = frame[WORD.headBytes];
  const headAt = frame.byteOffset + WORD.count * 4;
  const payloadAt = headAt + words(headBytes) * 4;
  return {
    kind: frame[WORD.kind],
    slot: frame[WORD.slot],
    epoch: frame[WORD.epoch],
    id: frame[WORD.id],
    sentMs,
    part: {
      units: frame[WORD.units],
      more: (frame[WORD.flags] & FLAG.more) !== 0,
      last: (frame[WORD.flags] & FLAG.last) !== 0,
      stream: frame[WORD.stream],
    },
    // Copied out of shared memory, which a decoder may refuse to read.
    head: headBytes === 0
      ? undefined
      : JSON.parse(DECODER.decode(copy(frame.buffer, headAt, newBytes(headBytes)))),
    payload: copy(frame.buffer, payloadAt, take(frame[WORD.payloadBytes])),
  };
}

/** A request's key as one text. */
export function keyText({ slot, epoch, id }: RequestKey): string {
  return `${slot}.${epoch}.${id}`;
}

function newBytes(length: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(length);
}

function copy(
  buffer: ArrayBufferLike,
  at: number,
  into: Uint8Array<ArrayBuffer>,
): Uint8Array<ArrayBuffer> {
  into.set(new Uint8Array(buffer, at, into.length));
  return into;
}

function words(bytes: number): number {
  return bytes + 3 >> 2;
}
