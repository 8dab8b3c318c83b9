/**
 * The choices of one simulation: which of several ready tasks went on, each time there were several.
 *
 * They follow from the seed. They are also recorded, so that a failure can be replayed when the program
 * has changed a little and the seed alone would lead elsewhere: "7:0120" is seed 7 with those first four
 * choices. A choice is written in base 36, one of 36 or more as "(40)"; zeros at the end are left out.
 */
import { Random } from "./random.ts";

/** Beyond this many, the replay string has the seed alone. */
const RECORDED = 400;

export class Choices {
  readonly seed: number;
  readonly #random: Random;
  readonly #given: readonly number[];
  readonly #made: number[] = [];
  #count = 0;

  constructor(seed: number, given: readonly number[] = []) {
    this.seed = seed;
    this.#random = new Random(seed).fork("choices");
    this.#given = given;
  }

  static parse(replay: string): Choices {
    const match = /^(-?\d+):((?:[0-9a-z]|\(\d+\))*)$/.exec(replay);
    if (match === null) {
      throw new RangeError(
        `A replay string looks like "7:0120": ${JSON.stringify(replay)} does not`,
      );
    }
    const given = [...match[2]!.matchAll(/([0-9a-z])|\((\d+)\)/g)].map(([, digit, number]) =>
      digit === undefined ? Number(number) : Number.parseInt(digit, 36),
    );
    return new Choices(Number(match[1]), given);
  }

  /** Which of `count` alternatives is taken. */
  below(count: number): number {
    if (count < 2) return 0;
    // Drawn even when it is given, so that what follows the given choices is the seed's own.
    const drawn = this.#random.below(count);
    const given = this.#given[this.#count++];
    const choice = given === undefined ? drawn : given % count;
    if (this.#made.length < RECORDED) this.#made.push(choice);
    return choice;
  }

  get replay(): string {
    if (this.#count > RECORDED) return `${this.seed}:`;
    let end = this.#made.length;
    while (end > 0 && this.#made[end - 1] === 0) end--;
    const text = this.#made
      .slice(0, end)
      .map((choice) => (choice < 36 ? choice.toString(36) : `(${choice})`))
      .join("");
    return `${this.seed}:${text}`;
  }
}
