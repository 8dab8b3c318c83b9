/** A labelled number with its unit and, where the service refused it, the reason. */
import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";

interface Properties {
  readonly label: string;
  readonly value: number;
  readonly min?: number;
  readonly max?: number;
  readonly step?: number | "any";
  readonly hint?: string | undefined;
  readonly error?: string | undefined;
  readonly onInput: (value: number) => void;
  readonly children?: ComponentChildren;
}

export function NumberField(properties: Properties) {
  const { label, value, min, max, step, hint, error, onInput, children } = properties;
  const id = useId();
  const note = error ?? hint;
  return (
    <div class="field" data-invalid={error !== undefined}>
      <label for={id}>{label}</label>
      <div class="field-row">
        <input
          id={id}
          type="number"
          inputMode="decimal"
          required
          min={min}
          max={max}
          step={step ?? 1}
          value={Number.isFinite(value) ? value : ""}
          aria-invalid={error !== undefined}
          aria-describedby={note === undefined ? undefined : `${id}-note`}
          onInput={(event) => onInput(event.currentTarget.valueAsNumber)}
        />
        {children}
      </div>
      {note !== undefined && (
        <p id={`${id}-note`} class={error === undefined ? "hint" : "hint error"}>
          {note}
        </p>
      )}
    </div>
  );
}
