/**
 * The relative energy error over simulated time, one point per frame, thinned like the frames are:
 * at most `capacity` points, every other one let go when there would be more.
 */
export class EnergySeries {
  readonly capacity: number;
  times: number[] = [];
  errors: number[] = [];
  #stride = 1;

  constructor(capacity = 4096) {
    this.capacity = capacity;
  }

  /** `index`: the frame's; ascending. Points that the present stride passes over are left out. */
  add(index: number, time: number, energyError: number): void {
    if (index % this.#stride !== 0 || !Number.isFinite(energyError)) return;
    this.times.push(time);
    this.errors.push(Math.abs(energyError));
    if (this.times.length <= this.capacity) return;
    this.#stride *= 2;
    this.times = this.times.filter((_, i) => i % 2 === 0);
    this.errors = this.errors.filter((_, i) => i % 2 === 0);
  }
}
