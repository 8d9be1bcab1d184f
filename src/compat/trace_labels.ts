/**
 * The trace in which something happens.
 *
 * @module
 */
// CONTROL PLANE

/** Where OpenTelemetry's interface of version 1 keeps what an application has set up. */
const OPENTELEMETRY = Symbol.for("opentelemetry.js.api.1");
/** Under which key a context has its span. */
const SPAN = Symbol.for("OpenTelemetry Context Key SPAN");

interface OpenTelemetry {
  readonly context?: { active(): { getValue(key: symbol): Span | undefined } | undefined };
}

interface Span {
  spanContext(): { readonly traceId: string; readonly spanId: string };
}

/** The ids of the active span, as labels of an exemplar; none without one, or without OpenTelemetry. */
export function traceLabels(): { traceId?: string; spanId?: string } {
  const api = (globalThis as Record<symbol, unknown>)[OPENTELEMETRY] as OpenTelemetry | undefined;
  const span = api?.context?.active()?.getValue(SPAN);
  if (span === undefined) return {};
  const { traceId, spanId } = span.spanContext();
  return { traceId, spanId };
}
