/** What PostgreSQL's geometric types are in rows. */

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** The server orders the corners: `high` has the greater x and the greater y. */
export interface Box {
  readonly high: Point;
  readonly low: Point;
}

export interface Segment {
  readonly start: Point;
  readonly end: Point;
}

/** The points where a·x + b·y + c = 0; a and b are not both 0. */
export interface Line {
  readonly a: number;
  readonly b: number;
  readonly c: number;
}

export interface Circle {
  readonly center: Point;
  /** Not negative. */
  readonly radius: number;
}
