/**
 * Rules and their tests as the YAML that Prometheus and promtool read.
 *
 * @module
 */
import { stringify } from "npm:yaml@2.9.1";
import type { Alert, RuleGroup } from "./rules.ts";

/** How often the rules are evaluated, in Prometheus' notation. */
const INTERVAL = "30s";

/** When the tests look, in minutes: after the longest `for`. */
const EVALUATED_AT = "25m";

const HEADER = "# Generated from the family definitions by `deno task generate`. Do not edit.\n";

/** The file of recording rules. */
export function recordingRulesYaml(groups: readonly RuleGroup[]): string {
  return yaml({
    groups: groups.map(({ name, recording }) => ({
      name: `${name}_recording`,
      interval: INTERVAL,
      rules: recording,
    })),
  });
}

/** The file of alerts. */
export function alertRulesYaml(groups: readonly RuleGroup[]): string {
  return yaml({
    groups: groups.map(({ name, alerts }) => ({ name: `${name}_alerts`, rules: alerts.map(ruleOf) })),
  });
}

/** The tests of both: each alert fires in one example and not in the other. */
export function ruleTestsYaml(groups: readonly RuleGroup[]): string {
  const tests = groups.flatMap(({ alerts }) =>
    alerts.flatMap((alert) => [test(alert, true), test(alert, false)])
  );
  return yaml({
    rule_files: ["recording_rules.yml", "alert_rules.yml"],
    evaluation_interval: "1m",
    tests,
  });
}

/** YAML with the header of generated files. */
export function yaml(value: unknown): string {
  return HEADER + stringify(value, { lineWidth: 0 });
}

function ruleOf({ alert, expr, for: time, severity, summary, description }: Alert): object {
  return { alert, expr, for: time, labels: { severity }, annotations: { summary, description } };
}

function test(alert: Alert, fires: boolean): object {
  const series = fires ? alert.fires : alert.quiet;
  const labels = expectedLabels(alert);
  const expand = (text: string) =>
    text.replace(/\{\{ \$labels\.(\w+) \}\}/g, (_, label: string) => labels[label] ?? "");
  return {
    name: `${alert.alert} ${fires ? "fires" : "is quiet"}`,
    interval: "1m",
    input_series: series,
    alert_rule_test: [{
      eval_time: EVALUATED_AT,
      alertname: alert.alert,
      exp_alerts: fires
        ? [{
          exp_labels: { severity: alert.severity, ...labels },
          exp_annotations: { summary: expand(alert.summary), description: expand(alert.description) },
        }]
        : [],
    }],
  };
}

/** The labels of the alert in its example: those of the first series that the expression keeps. */
function expectedLabels({ expr, fires }: Alert): Record<string, string> {
  const all = Object.fromEntries(
    [...fires[0].series.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [name, value]),
  );
  const grouped = /^(?:sum|max) by \(([^)]*)\)/.exec(expr)?.[1].split(", ");
  const kept = grouped ?? keptByRecord(expr) ?? Object.keys(all);
  return Object.fromEntries(Object.entries(all).filter(([name]) => kept.includes(name)));
}

/** The labels that the name of a recorded series says it has. */
function keptByRecord(expr: string): string[] | undefined {
  const level = /^(job[a-z_]*):/.exec(expr)?.[1];
  return level?.split("_").map((label) => label === "model" ? "model_name" : label);
}
