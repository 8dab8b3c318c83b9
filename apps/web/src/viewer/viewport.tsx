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

const SKETCH_TURN = 0.09;
const LONGEST_TICK_S = 0.1;

interface Properties {
  readonly subject: Subject | undefined;
  readonly settings: ViewSettings;
  readonly onToggle: (() => void) | undefined;
  readonly onHelp: () => void;
}

export function Viewport({ subject, settings, onToggle, onHelp }: Properties) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const labels = useRef<HTMLDivElement>(null);
  const stage = useRef<Stage | undefined>(undefined);
  const shown = useRef<Subject | undefined>(undefined);
  const opened = useRef("");
  const [drawable] = useState(hasWebgl);

  useEffect(() => {
    expose(() => shown.current?.moment());
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
    const before = shown.current;
    shown.current = subject;
    if (subject === undefined || opened.current === subject.key) return;
    const sameSystem = opened.current.split(" ", 2)[0] === subject.key.split(" ", 2)[0];
    const keep = sameSystem && before?.sketch === subject.sketch;
    opened.current = subject.key;
    if (!keep || subject.sketch || before?.compressed !== subject.compressed) {
      settings.open(subject.bodies.particles, subject.compressed);
    }
    stage.current?.open(subject.bodies, keep);
  }, [subject?.key]);

  const options = {
    mode: settings.mode.value,
    // A sketch knows no speeds: it brings its own scalars.
    colourBy:
      subject?.sketch === true && settings.colourBy.value === "speed"
        ? ("sketch" as const)
        : settings.colourBy.value,
    trails: settings.trails.value,
    labels: settings.labels.value,
    grid: settings.grid.value,
    follow: settings.follow.value,
    scheme: currentScheme(),
    still: reducedMotion.value,
    turning: subject?.sketch === true || settings.turning.value ? SKETCH_TURN : 0,
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
