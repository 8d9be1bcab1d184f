/**
 * A parser for OpenMetrics 2.0, as far as tests need it: no released program reads that format yet.
 *
 * @module
 */

/** One line: a number, or the fields of a histogram or summary. */
export interface Line2 {
  readonly name: string;
  readonly labels: Record<string, string>;
  readonly value: number | Record<string, unknown>;
  readonly start: number | undefined;
}

/** Reads the lines with values. Exemplars are skipped. */
export function parseOpenMetrics2(body: string): Line2[] {
  const lines = body.split("\n");
  if (lines.pop() !== "" || lines.pop() !== "# EOF") throw new SyntaxError("Cannot find the end");
  return lines.filter((line) => !line.startsWith("#")).map(parseLine);
}

function parseLine(line: string): Line2 {
  const bare = /^[a-zA-Z_:][a-zA-Z0-9_:]*/.exec(line)?.[0];
  const labels: Record<string, string> = {};
  let at = bare?.length ?? 0;
  let name = bare;
  if (line[at] === "{") {
    const item = /\{?(?:([a-zA-Z_]\w*)|"((?:[^"\\]|\\.)*)")(?:="((?:[^"\\]|\\.)*)")?[,}]/y;
    for (item.lastIndex = at + 1;;) {
      const [text, plain, quoted, value] = item.exec(line)!;
      at = item.lastIndex;
      const key = plain ?? unescape(quoted);
      if (value === undefined) name = key;
      else labels[key] = unescape(value);
      if (text.endsWith("}")) break;
    }
  }
  const [, value, start] = /^ (\{[^ ]+\}|[^ {}]+)(?: st@([0-9.]+))?(?: # .*)?$/s.exec(line.slice(at))!;
  return {
    name: name!,
    labels,
    value: value.startsWith("{") ? parseFields(value) : parseNumber(value),
    start: start === undefined ? undefined : Number(start),
  };
}

function unescape(text: string): string {
  return text.replace(/\\(.)/g, (_, next) => next === "n" ? "\n" : next);
}

function parseNumber(text: string): number {
  return Number(text.replace("Inf", "Infinity"));
}

function parseFields(text: string): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  const spans: Record<string, number[][]> = {};
  for (const [, key, list, single] of text.matchAll(/([a-z_]+):(?:\[([^\]]*)\]|([^,}]+))/g)) {
    if (single !== undefined) {
      fields[key.replace(/^g(?=count|sum)/, "")] = parseNumber(single);
      continue;
    }
    const items = list === "" ? [] : list.split(",").map((item) => item.split(":").map(parseNumber));
    const side = /^(positive|negative)_(spans|buckets)$/.exec(key);
    if (side === null) fields[key] = items;
    else if (side[2] === "spans") spans[side[1]] = items;
    else fields[side[1]] = spread(spans[side[1]], items.flat());
  }
  return fields;
}

/** Counts by bucket, without the empty ones. */
function spread(spans: number[][], counts: number[]): Record<string, number> {
  const byKey: Record<string, number> = {};
  let key = 0;
  let next = 0;
  for (const [offset, length] of spans) {
    key += offset;
    for (let i = 0; i < length; i++, key++) if (counts[next++] !== 0) byKey[key] = counts[next - 1];
  }
  return byKey;
}
