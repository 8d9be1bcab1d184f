/**
 * Light or dark: as the system has it, until the person at the page decides.
 *
 * @module
 */

const CHOICES = ["auto", "light", "dark"] as const;

/** What a person can choose. */
export type ThemeChoice = typeof CHOICES[number];

const KEY = "promslab-theme";
const dark = matchMedia("(prefers-color-scheme: dark)");

/** The theme of the page. */
export class Theme {
  #choice: ThemeChoice = remembered();
  readonly #changed: (choice: ThemeChoice) => void;

  /** @param changed is told of every change, also of the system's */
  constructor(changed: (choice: ThemeChoice) => void) {
    this.#changed = changed;
    dark.addEventListener("change", () => this.#apply());
    this.#apply();
  }

  /** Goes on to the next choice. */
  next(): void {
    this.#choice = CHOICES[(CHOICES.indexOf(this.#choice) + 1) % CHOICES.length];
    try {
      localStorage.setItem(KEY, this.#choice);
    } catch {
      // A browser that stores nothing forgets the choice with the page.
    }
    this.#apply();
  }

  #apply(): void {
    const isDark = this.#choice === "dark" || (this.#choice === "auto" && dark.matches);
    document.documentElement.dataset.theme = isDark ? "dark" : "light";
    this.#changed(this.#choice);
  }
}

function remembered(): ThemeChoice {
  try {
    return CHOICES.find((choice) => choice === localStorage.getItem(KEY)) ?? "auto";
  } catch {
    return "auto";
  }
}
