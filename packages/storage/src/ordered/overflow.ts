/**
 * Large values: extents of pages with consecutive numbers, each page with its header and up to 4032 bytes of the
 * value. The first page of an extent names the next extent and how many pages this one has, so that releasing a
 * value reads one page an extent and not all of them.
 */
import { HEADER_BYTES, type Hazard, type PageNumber } from "../pool/page-pool.ts";
import { StorageError } from "../errors.ts";
import { PAGE_KIND } from "../page/header.ts";
import type { NodeReader } from "./node-reader.ts";
import { BODY_BYTES, EXTENT_PAGES, KIND, NEXT_EXTENT, TABLE, USED_BYTES } from "./node-layout.ts";
import type { PageSpace } from "./page-space.ts";

/** Stores a value and answers its first page. */
export function writeOverflow(space: PageSpace, table: number, value: Uint8Array): PageNumber {
  const { nodes } = space;
  const run = { pages: 0 };
  let at = 0;
  let firstPage = 0;
  let previous: PageNumber = 0;
  while (at < value.length) {
    const wanted = Math.ceil((value.length - at) / BODY_BYTES);
    const first = space.allocateRun(Math.min(wanted, space.burst), run);
    if (previous === 0) firstPage = first;
    else nodes.view.setUint32(space.own(previous) + NEXT_EXTENT, first, true);
    space.relieve();
    for (let k = 0; k < run.pages; k++) {
      const address = space.frame(first + k);
      nodes.setBorn(address, space.epoch);
      nodes.view.setUint8(address + KIND, PAGE_KIND.overflow);
      nodes.view.setUint16(address + TABLE, table, true);
      const used = Math.min(BODY_BYTES, value.length - at);
      nodes.bytes.set(value.subarray(at, at + used), address + HEADER_BYTES);
      nodes.view.setUint16(address + USED_BYTES, used, true);
      if (k === 0) nodes.view.setUint32(address + EXTENT_PAGES, run.pages, true);
      at += used;
    }
    previous = first;
  }
  return firstPage;
}

/** Gives the pages of a value back. */
export function releaseOverflow(space: PageSpace, firstPage: PageNumber): void {
  const { nodes } = space;
  let first = firstPage;
  while (first !== 0) {
    const address = space.readBeside(first);
    if (nodes.view.getUint8(address + KIND) !== PAGE_KIND.overflow)
      throw corruptValue(first, "is not a page of a large value");
    const next = nodes.view.getUint32(address + NEXT_EXTENT, true);
    const pages = nodes.view.getUint32(address + EXTENT_PAGES, true);
    const born = nodes.born(address);
    for (let k = 0; k < pages; k++) space.release(first + k, born);
    first = next;
  }
}

/** Reads `into.length` bytes of a value; answers the pages it went through. */
export function readOverflow(
  nodes: NodeReader,
  hazard: Hazard,
  firstPage: PageNumber,
  into: Uint8Array,
): number {
  let at = 0;
  let first = firstPage;
  let pages = 0;
  while (at < into.length) {
    if (first === 0) throw corruptValue(firstPage, "ends before its length");
    let address = hazard.fix(first);
    const next = nodes.view.getUint32(address + NEXT_EXTENT, true);
    const extent = nodes.view.getUint32(address + EXTENT_PAGES, true);
    for (let k = 0; k < extent && at < into.length; k++) {
      if (k > 0) address = hazard.fix(first + k);
      const used = nodes.view.getUint16(address + USED_BYTES, true);
      if (
        nodes.view.getUint8(address + KIND) !== PAGE_KIND.overflow ||
        used === 0 ||
        used > BODY_BYTES
      ) {
        throw corruptValue(first + k, "is not a page of a large value");
      }
      const wanted = Math.min(used, into.length - at);
      into.set(nodes.bytes.subarray(address + HEADER_BYTES, address + HEADER_BYTES + wanted), at);
      at += wanted;
      pages++;
    }
    if (extent === 0) throw corruptValue(first, "begins no extent");
    first = next;
  }
  return pages;
}

function corruptValue(page: PageNumber, what: string): StorageError {
  return new StorageError("CORRUPT", `Page ${page}, reached as part of a large value, ${what}`);
}
