/**
 * What the collectors of runtime metrics ask of the runtime.
 *
 * @module
 */

/** What the collectors ask of the runtime; `src/host` has one. What is not known there is undefined and not exposed. */
export interface RuntimeReadings {
  readonly isMainThread: boolean;
  readonly runtimeName: string;
  readonly runtimeVersion: string;
  readonly nodeVersion: string;
  readonly startTimeSeconds: number;
  readonly limits: { readonly openFiles?: number; readonly virtualBytes?: number };
  cpuSeconds(): { user: number; system: number };
  memory(): {
    readonly residentBytes?: number;
    readonly virtualBytes?: number;
    readonly heapBytes?: number;
    readonly threads?: number;
  };
  openFiles(): number | undefined;
  heap(): { readonly totalBytes: number; readonly usedBytes: number; readonly externalBytes: number };
  heapSpaces(): readonly {
    readonly space: string;
    readonly sizeBytes: number;
    readonly usedBytes: number;
    readonly availableBytes: number;
  }[];
  activeResources(): readonly string[] | undefined;
  observeGc(listener: (kind: string, seconds: number) => void): (() => void) | undefined;
  repeat(everyMs: number, action: () => void): () => void;
}
