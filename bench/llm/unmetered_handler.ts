/**
 * The LLM server's handler with nothing recorded of its requests: what metrics cost is the difference.
 *
 * @module
 */
import { SequenceMeter } from "../../src/llm/client/sequence_meter.ts";

SequenceMeter.prototype.output = () => {};
SequenceMeter.prototype.finish = () => {};
SequenceMeter.prototype.lose = () => {};

export { default } from "../../src/llm/worker/handler.ts";
