import { assertEquals } from "@std/assert";
import {
  formatBytes,
  formatNumber,
  formatSeconds,
  formatShare,
  formatWhole,
} from "../../../../src/dashboard/model/format.ts";

function check(format: (value: number) => string, cases: Readonly<Record<string, number>>): void {
  for (const [text, value] of Object.entries(cases)) assertEquals(format(value), text, String(value));
}

Deno.test("formatNumber() gives three digits and a unit", () => {
  check(formatNumber, {
    "0": 0,
    "7": 7,
    "999": 999,
    "0.25": 0.25,
    "12.3": 12.34,
    "1k": 1000,
    "1.23k": 1234,
    "12.3k": 12_345,
    "123k": 123_456,
    "1.00M": 999_999,
    "45.6M": 45_600_000,
    "-1.50k": -1500,
    "<0.01": 0.001,
    ">-0.01": -0.001,
    "–": NaN,
    "∞": Infinity,
    "-∞": -Infinity,
  });
  assertEquals(formatNumber(999.7), "1.00k");
});

Deno.test("formatWhole() writes all digits", () => {
  check(formatWhole, {
    "0": 0,
    "999": 999,
    "1,000": 1000,
    "1,234,567": 1_234_567,
    "-12,345": -12_345,
    "–": NaN,
  });
});

Deno.test("formatBytes() counts by 1024", () => {
  check(formatBytes, {
    "0 B": 0,
    "1023 B": 1023,
    "1 KiB": 1024,
    "1.50 KiB": 1536,
    "64.0 MiB": 64 * 2 ** 20,
    "2 GiB": 2 ** 31,
    "–": NaN,
  });
});

Deno.test("formatSeconds() chooses the unit that people would", () => {
  check(formatSeconds, {
    "0 s": 0,
    "850 µs": 850e-6,
    "1 ms": 0.001,
    "12.3 ms": 0.0123,
    "999 ms": 0.9994,
    "1.50 s": 1.5,
    "59.9 s": 59.9,
    "3 min 20 s": 200,
    "2 h 5 min": 7500,
    "1 d 1 h": 90_000,
    "–": NaN,
  });
});

Deno.test("formatShare() writes percents", () => {
  check(formatShare, {
    "0 %": 0,
    "<0.01 %": 0.00001,
    "0.25 %": 0.0025,
    "12.3 %": 0.1234,
    "100 %": 1,
    "–": NaN,
  });
});
