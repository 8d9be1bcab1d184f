// needs: python3
/**
 * A million numbers as bytes, against the shortest digits that Python finds.
 */
import { assertEquals } from "@std/assert";
import { writeFloat, writeOpenMetricsFloat } from "../../src/exposition/number_writer.ts";
import { findTool } from "../../tools/_tools.ts";

const COUNT = 1_000_000;

/** Reads doubles and writes each as Go's `%g` with the fewest digits does, made of Python's own digits. */
const PROGRAM = `
import struct, sys
data = sys.stdin.buffer.read()
lines = []
for (x,) in struct.iter_unpack("<d", data):
    if x != x: lines.append("NaN"); continue
    if x in (float("inf"), float("-inf")): lines.append("+Inf" if x > 0 else "-Inf"); continue
    if x == 0: lines.append("0"); continue
    mantissa, _, exponent = repr(abs(x)).partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits = whole + fraction
    point = len(whole) + int(exponent or 0)
    stripped = digits.lstrip("0")
    point -= len(digits) - len(stripped)
    digits = stripped.rstrip("0")
    sign = "-" if x < 0 else ""
    e = point - 1
    if e < -4 or e >= 6:
        tail = "." + digits[1:] if len(digits) > 1 else ""
        lines.append("%s%s%se%s%02d" % (sign, digits[0], tail, "-" if e < 0 else "+", abs(e)))
    elif point <= 0: lines.append(sign + "0." + "0" * -point + digits)
    elif point >= len(digits): lines.append(sign + digits + "0" * (point - len(digits)))
    else: lines.append(sign + digits[:point] + "." + digits[point:])
sys.stdout.write("\\n".join(lines))
`;

/** Random bits, short decimals, integers, and the edges of the format. */
function doubles(): Float64Array<ArrayBuffer> {
  const values = new Float64Array(COUNT);
  const words = new Uint32Array(values.buffer);
  for (let i = 0; i < words.length; i += 16_384) crypto.getRandomValues(words.subarray(i, i + 16_384));
  for (let i = 0; i < COUNT; i += 4) {
    values[i + 1] = Math.round(Math.random() * 1e9) / 10 ** (i % 10);
    values[i + 2] = Math.floor(Math.random() * 2 ** (i % 54));
  }
  const edges = [
    0,
    -0,
    1,
    999_999,
    1e6,
    1e-4,
    9.9999e-5,
    1e21,
    2 ** 53,
    2 ** 63,
    5e-324,
    2.2250738585072014e-308,
  ];
  values.set([
    ...edges,
    Number.MAX_VALUE,
    -Number.MAX_VALUE,
    NaN,
    Infinity,
    -Infinity,
    0.1 + 0.2,
    1e23,
    9007199254740993,
  ]);
  return values;
}

Deno.test(`writeFloat() and Python agree on ${COUNT} numbers`, async () => {
  const values = doubles();
  const child = new Deno.Command(findTool("python3").path, {
    args: ["-c", PROGRAM],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const writing = new Blob([values]).stream().pipeTo(child.stdin);
  const { stdout } = await child.output();
  await writing;
  const theirs = new TextDecoder().decode(stdout).split("\n");
  assertEquals(theirs.length, COUNT);
  const out = new Uint8Array(64);
  const decoder = new TextDecoder();
  const differences: unknown[] = [];
  for (let i = 0; i < COUNT && differences.length < 5; i++) {
    const text = decoder.decode(out.subarray(0, writeFloat(out, 0, values[i])));
    if (text !== theirs[i]) differences.push([values[i], text, theirs[i]]);
    const openMetrics = decoder.decode(out.subarray(0, writeOpenMetricsFloat(out, 0, values[i])));
    if (openMetrics !== (/[.eNI]/.test(theirs[i]) ? theirs[i] : `${theirs[i]}.0`)) {
      differences.push([values[i], openMetrics]);
    }
    if (Number(text.replace("Inf", "Infinity")) !== values[i] && !Number.isNaN(values[i])) {
      differences.push([values[i], text, "reads back as another number"]);
    }
  }
  assertEquals(differences, []);
});
