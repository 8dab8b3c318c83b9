/** Play, pause, scrub, pace: the replay's controls. */
import type { UnitNames } from "../api/resources.ts";
import { simulatedTime } from "../format/quantity.ts";
import { spanOf } from "./playhead.ts";
import type { Session } from "../simulations/session.ts";

const PACES = [0.25, 0.5, 1, 2, 4] as const;

interface Properties {
  readonly session: Session;
  readonly units: UnitNames | undefined;
}

export function Transport({ session, units }: Properties) {
  const playing = session.playing.value;
  return (
    <div class="transport">
      <button
        type="button"
        class="round"
        data-testid="play"
        aria-label={playing ? "Pause the replay" : "Play the replay"}
        onClick={() => session.toggle()}
      >
        <svg viewBox="0 0 20 20" aria-hidden="true">
          {playing ? (
            <path d="M5 3h3.6v14H5zM11.4 3H15v14h-3.6z" />
          ) : (
            <path d="M5 2.6 17 10 5 17.4z" />
          )}
        </svg>
      </button>
      <Clock session={session} units={units} />
      <label class="pace">
        <span class="visually-hidden">Replay speed</span>
        <select
          value={session.pace.value}
          onChange={(event) => (session.pace.value = Number(event.currentTarget.value))}
        >
          {PACES.map((pace) => (
            <option key={pace} value={pace}>
              {pace} ×
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}

function Clock({ session, units }: Properties) {
  void session.position.value;
  void session.newest.value;
  const span = spanOf(session.simulation.value);
  const time = session.moment()?.time ?? 0;
  const [number, ...unit] = simulatedTime(time, units, span).split(" ");
  return (
    <p class="clock">
      <span class="clock-now" data-testid="time">
        {number} <span class="clock-unit">{unit.join(" ")}</span>
      </span>
      <span class="clock-span">of {simulatedTime(span, units, span)}</span>
    </p>
  );
}

/** The slider under the curve: its thumb stands where the curve's playhead does. */
export function Scrubber({ session, units }: Properties) {
  const newest = session.newest.value;
  const last = Math.max(1, session.expected.value - 1);
  const position = session.position.value;
  const span = spanOf(session.simulation.value);
  const time = session.moment()?.time ?? 0;
  return (
    <input
      class="scrubber"
      type="range"
      data-testid="scrub"
      aria-label="Moment of the replay"
      aria-valuetext={simulatedTime(time, units, span)}
      min={0}
      max={last}
      step="any"
      value={position}
      style={{ "--played": position / last, "--loaded": Math.max(0, newest) / last }}
      onInput={(event) => {
        session.playing.value = false;
        session.seek(event.currentTarget.valueAsNumber);
      }}
      onKeyDown={(event) => {
        const step = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 }[event.key];
        if (step === undefined) return;
        event.preventDefault();
        session.playing.value = false;
        session.seek(Math.round(session.position.peek()) + step * (event.shiftKey ? 10 : 1));
      }}
    />
  );
}
