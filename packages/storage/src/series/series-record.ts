/** The records of series in the log. */
export const RECORD_TYPE = {
  /** Rows to be added: see batch-encoder.ts. */
  rows: 1,
  /** A key whose row ends: four words, padded with zeros. */
  end: 2,
} as const;

export const KEY_BYTES = 16;
