/** The relative energy error on a logarithmic axis, drawn by uPlot. */
import uPlot from "uplot";
import { quantity, superscript } from "../format/quantity.ts";
import { decadeMarks, decadeRange } from "./decades.ts";

/** uPlot exports its scale kinds as a const enum, which erasable TypeScript cannot import. */
const LOGARITHMIC = 3 as uPlot.Scale.Distr;

/** Width of the y axis and of the right margin: the replay's slider is inset by the same. */
export const AXIS_PX = 54;
export const MARGIN_PX = 14;

export interface PlotColors {
  readonly line: string;
  readonly fill: string;
  readonly text: string;
  readonly grid: string;
}

export interface EnergyPoints {
  /** In the unit shown on the axis. */
  readonly times: readonly number[];
  readonly errors: readonly number[];
  /** Where the axis ends. */
  readonly end: number;
}

export class EnergyPlot {
  readonly #plot: uPlot;
  #end = 1;
  #marks = 4;

  constructor(parent: HTMLElement, colors: PlotColors, width: number, height: number) {
    this.#plot = new uPlot(this.#options(colors, width, height), [[], []], parent);
  }

  update(points: EnergyPoints): void {
    this.#end = points.end;
    const errors = points.errors.map((error) => (error > 0 ? error : null));
    this.#plot.setData([[...points.times], errors]);
  }

  resize(width: number, height: number): void {
    this.#marks = Math.max(2, Math.floor(height / 26));
    this.#plot.setSize({ width, height });
  }

  dispose(): void {
    this.#plot.destroy();
  }

  #options(colors: PlotColors, width: number, height: number): uPlot.Options {
    const font = "11px ui-sans-serif, system-ui, sans-serif";
    const axis = {
      stroke: colors.text,
      font,
      grid: { stroke: colors.grid, width: 1 },
      ticks: { show: false },
    };
    return {
      width,
      height,
      padding: [8, MARGIN_PX, 0, 0],
      legend: { show: false },
      cursor: { show: false },
      select: { show: false, left: 0, top: 0, width: 0, height: 0 },
      scales: {
        x: { time: false, range: () => [0, this.#end] },
        y: {
          distr: LOGARITHMIC,
          range: (plot) => [...decadeRange([...(plot.data[1] ?? [])] as (number | null)[])],
        },
      },
      axes: [
        {
          ...axis,
          size: 22,
          gap: 4,
          grid: { show: false },
          space: 70,
          values: (_plot, splits) => splits.map((value) => quantity(value)),
        },
        {
          ...axis,
          size: AXIS_PX,
          gap: 8,
          splits: (_plot, _axis, low, high) => decadeMarks(low, high, this.#marks),
          filter: (_plot, splits) => splits,
          values: (_plot, splits) =>
            splits.map((value) => `10${superscript(Math.round(Math.log10(value)))}`),
        },
      ],
      series: [
        {},
        {
          stroke: colors.line,
          width: 1.75,
          fill: colors.fill,
          fillTo: (plot) => plot.scales["y"]?.min ?? 0,
          points: { show: false },
          spanGaps: true,
        },
      ],
    };
  }
}
