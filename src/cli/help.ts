/**
 * The text of `--help`.
 *
 * @module
 */
import { type Setting, variableOf } from "./settings.ts";

/** The help of one command. */
export function helpText(usage: string, settings: readonly Setting[]): string {
  const rows = settings.map(({ flag, placeholder, type, help }) => ({
    left: type === "switch" ? `--[no-]${flag}` : `--${flag} ${placeholder}`,
    right: `${help} [${variableOf(flag)}]`,
  }));
  rows.push({
    left: "--config FILE",
    right: `JSON or TOML file whose keys are the flags without dashes [${variableOf("config")}]`,
  });
  rows.push({ left: "--print-config", right: "print the configuration in effect as JSON, and end" });
  rows.push({ left: "--version", right: "the version of promslab" });
  rows.push({ left: "--help, -h", right: "this text" });
  const width = Math.max(...rows.map(({ left }) => left.length));
  const lines = rows.map(({ left, right }) => `  ${left.padEnd(width)}  ${right}`);
  return `${usage}\n\nFlags, each also as the variable in brackets; a flag beats a variable, a variable the file:\n${
    lines.join("\n")
  }\n`;
}
