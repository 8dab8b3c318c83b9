/** The analysis of a finished run; its place is kept free while the run computes. */
import type { Analysis, SimulationStatus, UnitNames } from "../api/resources.ts";
import { quantity, scientific } from "../format/quantity.ts";
import { Readout } from "./readout.tsx";

const ENGINES: Readonly<Record<string, string>> = { scipy: "SciPy", typescript: "TypeScript" };
const FRACTIONS = ["0.1", "0.25", "0.5", "0.75", "0.9"];

interface Properties {
  readonly analysis: Analysis | undefined;
  readonly status: SimulationStatus;
  /** Statistics of mass over radius mean something. */
  readonly many: boolean;
  readonly units: UnitNames | undefined;
}

export function AnalysisTable({ analysis, status, many, units }: Properties) {
  return (
    <section class="analysis" aria-labelledby="analysis-title">
      <h2 id="analysis-title" class="section-title">
        Analysis <span class="hint">{remark(analysis, status)}</span>
      </h2>
      <dl class="readouts">
        <Readout term="Energy drift" value={scientific(analysis?.energy.drift)} />
        <Readout term="Total energy" value={quantity(analysis?.energy.final, 4)} />
        {many && <Readout term="Half-mass radius" value={quantity(analysis?.halfMassRadius)} />}
        {many && <Readout term="Virial ratio at the end" value={quantity(analysis?.virialRatio)} />}
      </dl>
      {many && <Radii analysis={analysis} unit={units?.length ?? ""} />}
    </section>
  );
}

function remark(analysis: Analysis | undefined, status: SimulationStatus): string {
  if (analysis !== undefined) return `by ${ENGINES[analysis.engine] ?? analysis.engine}`;
  if (status === "failed" || status === "dismissed") return "none: the run did not finish";
  return status === "successful" ? "" : "after the run";
}

function Radii({
  analysis,
  unit,
}: {
  readonly analysis: Analysis | undefined;
  readonly unit: string;
}) {
  const radii = analysis?.lagrangianRadii ?? {};
  const fractions = analysis === undefined ? FRACTIONS : Object.keys(radii);
  const largest = Math.max(...Object.values(radii), 1e-300);
  return (
    <table class="radii">
      <caption>Radius that holds a share of the mass{unit === "" ? "" : `, in ${unit}`}</caption>
      <tbody>
        {fractions
          .toSorted((a, b) => Number(a) - Number(b))
          .map((fraction) => (
            <tr key={fraction}>
              <th scope="row">{Math.round(Number(fraction) * 100)} %</th>
              <td class="bar">
                <div style={{ transform: `scaleX(${(radii[fraction] ?? 0) / largest})` }} />
              </td>
              <td class="number">{quantity(radii[fraction])}</td>
            </tr>
          ))}
      </tbody>
    </table>
  );
}
