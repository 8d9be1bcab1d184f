/**
 * Numbers as people read them at a glance: three digits and a unit.
 *
 * @module
 */

/** What stands for a number that is not known. */
export const NOTHING = "–";

const LARGE = ["", "k", "M", "G", "T", "P"];
const BINARY = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];

/** A count or a rate: `0`, `0.25`, `12.3`, `1.23k`, `45.6M`. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? NOTHING : value > 0 ? "∞" : "-∞";
  const size = Math.abs(value);
  if (size !== 0 && size < 0.005) return value < 0 ? ">-0.01" : "<0.01";
  if (Number.isInteger(value) && size < 1000) return String(value);
  return scaled(value, 1000, LARGE);
}

/** A whole number with all its digits: `1,234,567`. */
export function formatWhole(value: number): string {
  if (!Number.isFinite(value)) return formatNumber(value);
  return String(Math.round(value)).replace(/\B(?=(?:\d{3})+$)/g, ",");
}

/** Bytes: `512 B`, `1.50 KiB`, `64.0 MiB`. */
export function formatBytes(value: number): string {
  if (!Number.isFinite(value)) return formatNumber(value);
  if (Math.abs(value) < 1024) return `${Math.round(value)} B`;
  return scaled(value, 1024, BINARY, " ");
}

/** Seconds: `850 µs`, `12.3 ms`, `1.50 s`, `3 min 20 s`, `2 h 5 min`. */
export function formatSeconds(value: number): string {
  if (!Number.isFinite(value)) return formatNumber(value);
  const size = Math.abs(value);
  if (size === 0) return "0 s";
  if (size < 0.9995e-3) return `${digits(value * 1e6)} µs`;
  if (size < 0.9995) return `${digits(value * 1e3)} ms`;
  if (size < 99.95) return `${digits(value)} s`;
  const seconds = Math.round(value);
  if (size < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  if (size < 86_400) return `${Math.floor(seconds / 3600)} h ${Math.floor(seconds % 3600 / 60)} min`;
  return `${Math.floor(seconds / 86_400)} d ${Math.floor(seconds % 86_400 / 3600)} h`;
}

/** A share from 0 to 1: `0 %`, `0.25 %`, `12.3 %`. */
export function formatShare(value: number): string {
  if (!Number.isFinite(value)) return formatNumber(value);
  if (value === 0) return "0 %";
  const percent = value * 100;
  return percent < 0.01 ? "<0.01 %" : `${percent >= 99.95 ? Math.round(percent) : digits(percent)} %`;
}

function scaled(value: number, base: number, units: readonly string[], gap = ""): string {
  let step = 0;
  let number = value;
  // WHY: what would be rounded up to a fourth digit is written with the next unit.
  while (step < units.length - 1 && Math.abs(number) >= base - 0.5) {
    number /= base;
    step++;
  }
  return `${digits(number)}${units[step] === "" ? "" : gap + units[step]}`;
}

/** Three digits that count, with no more than two behind the point. */
function digits(value: number): string {
  const size = Math.abs(value);
  if (Number.isInteger(value) && size < 10) return String(value);
  return value.toFixed(size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2);
}
