/**
 * Takes samples in turns: every round asks each subject once, one right after the other, so that whatever
 * disturbs the machine disturbs them alike and the ratios of a round stay meaningful.
 *
 * @module
 */
import type { Progress } from "./progress.ts";
import type { Row } from "./result.ts";

/** Something that is asked once per round, and gives one sample for each of its rows. */
export interface Turn {
  readonly rows: readonly Omit<Row, "samples">[];
  /** Rounds at most, for what takes long; all by default. */
  readonly roundsMax?: number;
  /** Does the work once and returns a sample for each row, in the row's unit. */
  take(round: number): Promise<readonly number[]>;
}

/**
 * Takes `rounds` samples of each turn. Turns of one group do the same work; every second round goes backwards.
 * A turn that fails is left out from then on, and its rows say why.
 */
export async function interleave(
  groups: readonly (readonly Turn[])[],
  { rounds, progress }: { rounds: number; progress: Progress },
): Promise<Row[]> {
  const samples = new Map<Turn, number[][]>(
    groups.flat().map((turn) => [turn, turn.rows.map(() => [])]),
  );
  const failures = new Map<Turn, string>();
  progress.expect(groups.length * rounds);
  for (let round = 0; round < rounds; round++) {
    for (const group of groups) {
      if (group.length === 0) continue;
      progress.step(
        `${group[0].rows[0].suite} ${group[0].rows[0].work}, round ${round + 1} of ${rounds}`,
      );
      for (const turn of round % 2 === 0 ? group : [...group].reverse()) {
        if (failures.has(turn) || round >= (turn.roundsMax ?? Infinity)) continue;
        try {
          const taken = await turn.take(round);
          turn.rows.forEach((_, index) => samples.get(turn)![index].push(taken[index]));
        } catch (error) {
          failures.set(
            turn,
            error instanceof Error ? error.message : String(error),
          );
        }
      }
    }
  }
  return [...samples].flatMap(([turn, taken]) => {
    const failure = failures.get(turn);
    return turn.rows.map((row, index) => {
      const note = failure ?? row.note;
      return {
        ...row,
        samples: taken[index],
        ...(note === undefined ? {} : { note }),
      };
    });
  });
}
