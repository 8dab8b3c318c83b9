import { render } from "preact";

render(<p>Hotpath gravity</p>, document.querySelector("#app")!);
