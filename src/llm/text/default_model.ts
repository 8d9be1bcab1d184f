/**
 * The model that the embedded engine writes with.
 *
 * @module
 */
import { CORPUS } from "./corpus.ts";
import { type OutputLengths, TextModel } from "./text_model.ts";
import { tokenize, tokenPiece } from "./tokenizer.ts";

/** Learns the shipped text; takes some 10 ms. Outputs begin where a paragraph does. */
export function createTextModel(lengths: OutputLengths): TextModel {
  const tokens = tokenize(CORPUS.trim());
  const pieces = tokens.map((token) => String(tokenPiece(token)));
  const starts = [0];
  const sentenceEnds = new Set<number>();
  for (let i = 0; i < tokens.length; i++) {
    if (/[.?!]\n?$/.test(pieces[i])) sentenceEnds.add(tokens[i]);
    if (pieces[i].endsWith("\n") && i + 1 < tokens.length) starts.push(i + 1);
  }
  return new TextModel(tokens, { starts, sentenceEnds, lengths });
}
