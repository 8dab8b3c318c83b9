/** One line on stderr that shows how far a long run is; silent when stderr is not a terminal. */

const WIDTH = 30;
const MIN_INTERVAL_MS = 50;

export class ProgressBar {
  readonly #total: number;
  readonly #startedAt = performance.now();
  #drawnAt = 0;

  constructor(total: number) {
    this.#total = total;
  }

  update(done: number, note: string): void {
    const now = performance.now();
    if (!process.stderr.isTTY || (now - this.#drawnAt < MIN_INTERVAL_MS && done < this.#total))
      return;
    this.#drawnAt = now;
    const fraction = Math.min(1, done / this.#total);
    const full = Math.round(fraction * WIDTH);
    const bar = "█".repeat(full) + "░".repeat(WIDTH - full);
    const left = fraction > 0 ? ((now - this.#startedAt) / 1000) * (1 / fraction - 1) : 0;
    const percent = `${Math.floor(fraction * 100)}`.padStart(3);
    process.stderr.write(`\r\u001b[K${bar} ${percent} %  ${note}  ${seconds(left)} left`);
  }

  clear(): void {
    if (process.stderr.isTTY) process.stderr.write("\r\u001b[K");
  }
}

/** `4.2 s`, `3 min 20 s`, `2 h 5 min`. */
export function seconds(value: number): string {
  if (value < 60) return `${value.toFixed(value < 10 ? 1 : 0)} s`;
  if (value < 3600) return `${Math.floor(value / 60)} min ${Math.floor(value % 60)} s`;
  return `${Math.floor(value / 3600)} h ${Math.floor((value % 3600) / 60)} min`;
}
