/** The whole page: header, stage with the replay's dock, and the side panel of the current route. */
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { ReadonlySignal } from "@preact/signals";
import type { Preset, Simulation } from "../api/resources.ts";
import { EnergyChart } from "../charts/energy-chart.tsx";
import { Scrubber, Transport } from "../playback/transport.tsx";
import type { Catalogue } from "../presets/catalogue.ts";
import { SetupForm } from "../presets/setup-form.tsx";
import { setupFrom, setupOf, type Setup } from "../presets/setup.ts";
import { RecentList } from "../simulations/recent-list.tsx";
import type { Recent } from "../simulations/recent.ts";
import { RunPanel } from "../simulations/run-panel.tsx";
import { Session } from "../simulations/session.ts";
import { previewSubject, sessionSubject } from "../viewer/subject.ts";
import { ViewSettings } from "../viewer/view-settings.ts";
import { Viewport } from "../viewer/viewport.tsx";
import { Header } from "./header.tsx";
import { Help } from "./help.tsx";
import { ProblemNotice } from "./problem-notice.tsx";
import { hashOf, type Route } from "./route.ts";

interface Properties {
  readonly route: ReadonlySignal<Route>;
  readonly catalogue: Catalogue;
  readonly recent: Recent;
}

export function App({ route, catalogue, recent }: Properties) {
  const [help, setHelp] = useState(false);
  const [chosen, setChosen] = useState<Setup | undefined>();
  const settings = useMemo(() => new ViewSettings(), []);
  const { value: at } = route;
  const session = useSession(at.kind === "simulation" ? at.id : undefined);
  const seen = useRef<Route | undefined>(undefined);
  const main = useRef<HTMLElement>(null);
  const presets = catalogue.presets.value;
  const first = presets?.[0];
  const initial = useMemo(() => (first === undefined ? undefined : setupOf(first)), [first]);
  const setup = chosen ?? initial;
  const preview = useMemo(() => (setup === undefined ? undefined : previewSubject(setup)), [setup]);
  const preset = catalogue.of(session?.simulation.value?.initial.kind);
  const subject = session === undefined ? preview : sessionSubject(session, preset);
  const lost = session?.problem.value !== undefined && session.simulation.value === undefined;
  useTitle(session);
  useEffect(() => {
    recent.refresh();
    // A page that was just loaded starts at its top; after a change of route, at its new content.
    if (seen.current === undefined) {
      seen.current = route.peek();
      return;
    }
    scrollTo(0, 0);
    main.current?.focus({ preventScroll: true });
  }, [session]);

  const go = (to: Route): void => void (location.hash = hashOf(to));
  const again = (kind: Preset, simulation: Simulation) => () => {
    setChosen(setupFrom(kind, simulation));
    go({ kind: "setup" });
  };
  return (
    <div class="page" data-route={at.kind}>
      <Header onHelp={() => setHelp(true)} />
      <section class="stage" aria-label="View and replay">
        <Viewport
          subject={subject}
          empty={lost}
          settings={settings}
          onToggle={session === undefined ? undefined : () => session.toggle()}
          onHelp={() => setHelp(true)}
        />
        {session !== undefined && !lost && (
          <section class="dock" aria-label="Replay">
            <Transport session={session} units={preset?.unitNames} />
            <div class="timeline">
              <EnergyChart session={session} units={preset?.unitNames} />
              <Scrubber session={session} units={preset?.unitNames} />
            </div>
          </section>
        )}
      </section>
      <main class="side" ref={main} tabIndex={-1}>
        {session === undefined ? (
          <>
            <ProblemNotice problem={catalogue.problem.value} />
            <h1 class="visually-hidden">New gravitational simulation</h1>
            <SetupForm
              presets={presets}
              integrators={catalogue.integrators.value}
              setup={setup}
              onChange={setChosen}
              onStarted={(id) => go({ kind: "simulation", id })}
            />
          </>
        ) : (
          <RunPanel
            session={session}
            units={preset?.unitNames}
            onAgain={
              preset === undefined || session.simulation.value === undefined
                ? undefined
                : again(preset, session.simulation.value)
            }
          />
        )}
        <RecentList recent={recent} {...(session === undefined ? {} : { open: session.id })} />
      </main>
      <Help open={help} onClose={() => setHelp(false)} />
    </div>
  );
}

/** The session of an id, closed when another one is opened. */
function useSession(id: string | undefined): Session | undefined {
  const session = useMemo(() => (id === undefined ? undefined : new Session(id)), [id]);
  useEffect(() => () => session?.close(), [session]);
  return session;
}

function useTitle(session: Session | undefined): void {
  const simulation = session?.simulation.value;
  const running = simulation?.status === "running";
  const progress = Math.floor(simulation?.progress ?? 0);
  const name = simulation === undefined ? "" : `${simulation.name} · `;
  const title = `${running ? `${progress} % · ` : ""}${name}Hotpath gravity`;
  useEffect(() => void (document.title = title), [title]);
}
