/** The canvas with its labels and tools; owns the animation loop. */
import { useEffect, useRef, useState } from "preact/hooks";
import { currentScheme, reducedMotion } from "../shell/preferences.ts";
import { listen } from "./camera-input.ts";
import { zoomed } from "./orbit-camera.ts";
import { Stage } from "./stage.ts";
import type { Subject } from "./subject.ts";
import { expose } from "./test-hook.ts";
import type { ViewSettings } from "./view-settings.ts";
import { ViewTools } from "./view-tools.tsx";
import { hasWebgl } from "./webgl.ts";

const SLOW_TURN = 0.09;
const LONGEST_TICK_S = 0.1;

interface Properties {
  /** Undefined while there is nothing new to show: the last picture stays, unless `empty`. */
  readonly subject: Subject | undefined;
  readonly empty: boolean;
  readonly settings: ViewSettings;
  readonly onToggle: (() => void) | undefined;
  readonly onHelp: () => void;
}

export function Viewport({ subject, empty, settings, onToggle, onHelp }: Properties) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const labels = useRef<HTMLDivElement>(null);
  const stage = useRef<Stage | undefined>(undefined);
  const shown = useRef<Subject | undefined>(undefined);
  const opened = useRef<Subject | undefined>(undefined);
  const [drawable] = useState(hasWebgl);

  useEffect(() => {
    expose(() => (shown.current?.preview === true ? undefined : shown.current?.moment()));
    return animate(canvas.current!, shown, () => stage.current);
  }, []);
  useEffect(() => {
    if (!drawable) return;
    const made = new Stage(canvas.current!, labels.current!, (body) => {
      settings.follow.value = settings.follow.peek() === body ? -1 : body;
    });
    stage.current = made;
    const observer = new ResizeObserver(([entry]) => {
      made.resize(entry!.contentRect.width, entry!.contentRect.height);
    });
    observer.observe(canvas.current!.parentElement!);
    const deaf = listen(canvas.current!, made);
    return () => {
      deaf();
      observer.disconnect();
      made.dispose();
      stage.current = undefined;
    };
  }, [drawable]);

  useEffect(() => {
    shown.current = subject;
    const before = opened.current;
    if (subject === undefined) {
      if (empty) stage.current?.close();
      if (empty) opened.current = undefined;
      return;
    }
    if (before?.key === subject.key) return;
    opened.current = subject;
    // From the preview to its own run, and as masses and names come in, the camera stays.
    const started = before?.preview === true && !subject.preview;
    const keep = before?.scene === subject.scene || (started && sameBodies(before, subject));
    if (before?.scene !== subject.scene || before.compressed !== subject.compressed) {
      settings.open(subject.bodies.particles, subject.compressed);
    }
    stage.current?.open(subject.bodies, keep);
  }, [subject?.key, empty]);

  const options = {
    mode: settings.mode.value,
    colourBy: settings.colourBy.value,
    trails: settings.trails.value,
    labels: settings.labels.value,
    grid: settings.grid.value,
    follow: settings.follow.value,
    scheme: currentScheme(),
    still: reducedMotion.value,
    turning: subject?.preview === true || settings.turning.value ? SLOW_TURN : 0,
  };
  useEffect(() => stage.current?.set(options));

  return (
    <div class="viewport">
      <canvas
        ref={canvas}
        data-testid="view"
        tabIndex={0}
        role="application"
        aria-roledescription="3D view"
        aria-label="Particles in space. Arrow keys turn the view, plus and minus zoom, 0 resets it, space plays or pauses, question mark explains."
        onKeyDown={(event) => {
          if (event.key === " " && onToggle !== undefined) onToggle();
          else if (event.key === "?") onHelp();
          else return;
          event.preventDefault();
        }}
      />
      <div class="labels" ref={labels} aria-hidden="true" />
      {drawable ? (
        <ViewTools
          settings={settings}
          subject={subject}
          onZoom={(factor) => stage.current?.move((pose) => zoomed(pose, factor))}
          onHome={() => stage.current?.home()}
        />
      ) : (
        <div class="no-webgl" role="note">
          <strong>This browser cannot draw the 3D view.</strong>
          <p>
            It offers no WebGL 2, or hardware acceleration is switched off. Simulations run all the
            same: progress, numbers and the energy curve are complete without the picture.
          </p>
        </div>
      )}
    </div>
  );
}

function sameBodies(a: Subject, b: Subject): boolean {
  return a.bodies.particles === b.bodies.particles && a.bodies.viewRadius === b.bodies.viewRadius;
}

/** Runs the replay and draws, once per animation frame, until the returned function is called. */
function animate(
  canvas: HTMLCanvasElement,
  shown: { readonly current: Subject | undefined },
  stage: () => Stage | undefined,
): () => void {
  let last = performance.now();
  let drawn = "";
  let request = requestAnimationFrame(function tick(now: number) {
    const seconds = Math.min(LONGEST_TICK_S, Math.max(0, (now - last) / 1000));
    last = now;
    const subject = shown.current;
    if (subject !== undefined) {
      subject.tick(seconds);
      const moment = subject.moment();
      // A new frame at the edge changes the curve through the present ones.
      const state = `${subject.key} ${moment?.index} ${moment?.frames[3].index}`;
      if (moment !== undefined && state !== drawn) {
        drawn = state;
        stage()?.show(moment, subject.store);
        canvas.dataset["frame"] = moment.index.toFixed(3);
      }
    }
    stage()?.render(seconds);
    request = requestAnimationFrame(tick);
  });
  return () => cancelAnimationFrame(request);
}
