/** Compiled only: a wrong layout must not compile. */
import { SERIES_HEADER } from "../../src/page/header.ts";
import { layout, type Layout } from "../../src/page/layout.ts";

const good = layout(16, [
  ["a", "u64"],
  ["b", "u32"],
  ["c", "u16"],
  ["d", "u8"],
  ["e", "u8"],
]);
good.c satisfies 12;
SERIES_HEADER.rows satisfies 48;
SERIES_HEADER.earliestTime satisfies 56;

// @ts-expect-error: the offset is 12, not 14
good.c satisfies 14;

// @ts-expect-error: 12 bytes, not 16
layout(16, [
  ["a", "u64"],
  ["b", "u32"],
]);

// @ts-expect-error: b is not aligned
layout(16, [
  ["a", "u32"],
  ["b", "u64"],
  ["c", "u32"],
]);

type Short = Layout<readonly [readonly ["a", "u32"], readonly ["b", "u16"]]>;
6 satisfies Short["bytes"];
