/**
 * How long a connection may lie idle before it is not trusted any more. The other side closes idle
 * connections too, and a request that is on its way at that moment is lost (RFC 9112 section 9.3.1),
 * so this side gives up first.
 */

/** How much earlier than the other side says: its clock starts when it sends, ours when we receive. */
const MARGIN_MS = 1000;

export interface KeepAliveHint {
  readonly idleMs: number | undefined;
  /** How many more requests the other side will take. */
  readonly requests: number | undefined;
}

const NO_HINT: KeepAliveHint = { idleMs: undefined, requests: undefined };

/** `Keep-Alive: timeout=5, max=100` (RFC 2068 section 19.7.1.1, which is still what servers send). */
export function keepAliveHint(value: string | undefined): KeepAliveHint {
  if (value === undefined) return NO_HINT;
  const seconds = /(?:^|[,;\s])timeout\s*=\s*"?(\d{1,7})/i.exec(value)?.[1];
  const most = /(?:^|[,;\s])max\s*=\s*"?(\d{1,9})/i.exec(value)?.[1];
  return {
    idleMs: seconds === undefined ? undefined : Math.max(0, Number(seconds) * 1000 - MARGIN_MS),
    requests: most === undefined ? undefined : Number(most),
  };
}
