/** Starts the page. */
import "uplot/dist/uPlot.min.css";
import "./style/tokens.css";
import "./style/page.css";
import "./style/controls.css";
import "./style/setup.css";
import "./style/stage.css";
import "./style/run.css";
import { render } from "preact";
import { Catalogue } from "./presets/catalogue.ts";
import { App } from "./shell/app.tsx";
import { followRoute } from "./shell/route.ts";
import { Recent } from "./simulations/recent.ts";

render(
  <App route={followRoute()} catalogue={new Catalogue()} recent={new Recent()} />,
  document.querySelector("#app")!,
);
