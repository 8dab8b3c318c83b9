/** Mouse, touch, wheel and keyboard on the canvas, as changes of the camera's goal. */
import { panned, rotated, zoomed, type Pose } from "./orbit-camera.ts";

export interface CameraTarget {
  readonly fieldOfView: number;
  move: (change: (pose: Pose) => Pose) => void;
  /** Back to the view that the simulation opened with. */
  home: () => void;
}

const RADIANS_PER_HEIGHT = Math.PI;
const KEY_RADIANS = Math.PI / 24;
const KEY_ZOOM = 1.2;

/** Returns the function that lets go of the canvas. */
export function listen(canvas: HTMLCanvasElement, camera: CameraTarget): () => void {
  const stop = new AbortController();
  const options = { signal: stop.signal };
  const pointers = new Map<number, PointerEvent>();

  canvas.addEventListener("contextmenu", (event) => event.preventDefault(), options);
  canvas.addEventListener(
    "pointerdown",
    (event) => {
      canvas.setPointerCapture(event.pointerId);
      pointers.set(event.pointerId, event);
    },
    options,
  );
  const lift = (event: PointerEvent): void => void pointers.delete(event.pointerId);
  canvas.addEventListener("pointerup", lift, options);
  canvas.addEventListener("pointercancel", lift, options);
  canvas.addEventListener(
    "pointermove",
    (event) => {
      const before = pointers.get(event.pointerId);
      if (before === undefined) return;
      const other = [...pointers.values()].find((held) => held.pointerId !== event.pointerId);
      pointers.set(event.pointerId, event);
      const height = canvas.clientHeight || 1;
      const right = (event.clientX - before.clientX) / height;
      const down = (event.clientY - before.clientY) / height;
      if (other !== undefined) pinch(camera, before, event, other, right, down);
      else if ((event.buttons & 6) !== 0 || event.shiftKey) {
        camera.move((pose) => panned(pose, right, -down, camera.fieldOfView));
      } else {
        camera.move((pose) =>
          rotated(pose, -right * RADIANS_PER_HEIGHT, down * RADIANS_PER_HEIGHT),
        );
      }
    },
    options,
  );
  canvas.addEventListener(
    "wheel",
    (event) => {
      event.preventDefault();
      const lines = event.deltaMode === 0 ? event.deltaY / 100 : event.deltaY / 3;
      const notches = Math.min(3, Math.max(-3, lines));
      camera.move((pose) => zoomed(pose, 1.18 ** notches));
    },
    { signal: stop.signal, passive: false },
  );
  canvas.addEventListener(
    "keydown",
    (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (key(event, camera)) event.preventDefault();
    },
    options,
  );
  canvas.addEventListener("dblclick", () => camera.home(), options);
  return () => stop.abort();
}

function pinch(
  camera: CameraTarget,
  before: PointerEvent,
  now: PointerEvent,
  other: PointerEvent,
  right: number,
  down: number,
): void {
  const apart = (event: PointerEvent): number =>
    Math.hypot(event.clientX - other.clientX, event.clientY - other.clientY) || 1;
  const factor = apart(before) / apart(now);
  camera.move((pose) => panned(zoomed(pose, factor), right / 2, -down / 2, camera.fieldOfView));
}

/** Whether the key meant something to the camera. */
function key(event: KeyboardEvent, camera: CameraTarget): boolean {
  const pan = event.shiftKey;
  const turn = (right: number, up: number): boolean => {
    camera.move((pose) =>
      pan
        ? panned(pose, -right * 0.06, -up * 0.06, camera.fieldOfView)
        : rotated(pose, right * KEY_RADIANS, up * KEY_RADIANS),
    );
    return true;
  };
  switch (event.key) {
    case "ArrowLeft":
      return turn(-1, 0);
    case "ArrowRight":
      return turn(1, 0);
    case "ArrowUp":
      return turn(0, 1);
    case "ArrowDown":
      return turn(0, -1);
    case "+":
    case "=":
      camera.move((pose) => zoomed(pose, 1 / KEY_ZOOM));
      return true;
    case "-":
    case "_":
      camera.move((pose) => zoomed(pose, KEY_ZOOM));
      return true;
    case "0":
      camera.home();
      return true;
    default:
      return false;
  }
}
