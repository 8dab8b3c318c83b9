/**
 * How rows stand in a page and in a batch: columns one after the other, those with the largest alignment first,
 * so that every value is aligned and there is no padding.
 *
 *     header 64 │ commit words, key, time, columns … capacity × width each │ free │ ← variable values
 *
 * A variable column has a word per row: where its value begins (u16) and its length (u16).
 */
import { HEADER_BYTES, PAGE_BYTES, SEGMENT_PAGES } from "../pool/page-pool.ts";
import type { Column, Columns } from "./column.ts";

/** Rows are numbered by a byte. */
const MAX_ROWS = 256;
const MAX_COLUMNS = 200;
const COMMIT_BYTES = 4;
const LENGTH_BYTES = 4;
/** Keys are kept with a segment in pages of so many, see FORMAT.md. */
export const KEYS_A_PAGE: number = (PAGE_BYTES - HEADER_BYTES) / 8;
/** Pages at the end of a segment for the checksums of the others and for its late rows. */
const SPARE_PAGES = 17;

export interface PlacedColumn {
  readonly name: string;
  readonly column: Column;
  readonly variable: boolean;
  /** Bytes of a row in the column: 4 when variable. */
  readonly width: number;
  /** Where in a page the column begins. */
  readonly offset: number;
}

export interface RowLayout {
  readonly columns: readonly PlacedColumn[];
  readonly key: PlacedColumn | undefined;
  readonly time: PlacedColumn;
  readonly commitOffset: number;
  /** Rows of a page, if the variable values leave room. */
  readonly capacity: number;
  /** Bytes of header and columns: the heap stays above. */
  readonly columnsEnd: number;
  readonly variableColumns: number;
  /** Bytes of a row without its variable values. */
  readonly rowBytes: number;
  /** Pages of rows in a segment. */
  readonly dataPages: number;
}

export function rowLayout(columns: Columns): RowLayout {
  const names = Object.keys(columns);
  if (names.length > MAX_COLUMNS)
    throw new TypeError(`A series has at most ${MAX_COLUMNS} columns`);
  const wrong = names.find((name) => name === "" || name.startsWith("$"));
  if (wrong !== undefined) throw new TypeError(`A column cannot be named "${wrong}"`);
  const sized = names.map((name) => {
    const column = columns[name]!;
    const variable = column.widthBytes === 0;
    return { name, column, variable, width: variable ? LENGTH_BYTES : column.widthBytes };
  });
  only(sized, "key");
  const all = [...sized, { name: "", column: undefined, variable: false, width: COMMIT_BYTES }];
  all.sort((a, b) => alignment(b.width) - alignment(a.width));
  const rowBytes = all.reduce((sum, { width }) => sum + width, 0);
  const heap = sized.reduce((sum, { column }) => sum + (column.typicalBytes ?? 0), 0);
  const capacity = Math.min(MAX_ROWS, Math.floor((PAGE_BYTES - HEADER_BYTES) / (rowBytes + heap)));
  if (capacity < 1) {
    throw new TypeError(
      `A row takes ${rowBytes + heap} bytes: more than a page; make large columns blob`,
    );
  }
  let at = HEADER_BYTES;
  let commitOffset = 0;
  const placed: PlacedColumn[] = [];
  for (const { name, column, variable, width } of all) {
    if (column === undefined) commitOffset = at;
    else placed.push({ name, column, variable, width, offset: at });
    at += width * capacity;
  }
  const time = placed.find(({ column }) => column.role === "time");
  if (time === undefined || only(sized, "time") !== 1) {
    throw new TypeError("A series has one time column");
  }
  return {
    columns: placed,
    key: placed.find(({ column }) => column.role === "key"),
    time,
    commitOffset,
    capacity,
    columnsEnd: at,
    variableColumns: placed.filter(({ variable }) => variable).length,
    rowBytes,
    dataPages: dataPages(capacity),
  };
}

function only(sized: readonly { readonly column: Column }[], role: "key" | "time"): number {
  const count = sized.filter(({ column }) => column.role === role).length;
  if (count > 1) throw new TypeError(`A series has one ${role} column, not ${count}`);
  return count;
}

/** The largest power of two, up to 16, that divides the width. */
function alignment(width: number): number {
  return Math.min(16, width & -width);
}

/** As many pages of rows as leave room for their keys and checksums. */
function dataPages(capacity: number): number {
  const perKeyPage = KEYS_A_PAGE / capacity;
  return Math.floor((SEGMENT_PAGES - SPARE_PAGES) / (1 + 1 / perKeyPage));
}
