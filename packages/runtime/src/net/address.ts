/** What can be connected to or listened on, checked before the host sees it. */

/** Linux has room for 107 bytes and the terminating zero; other systems have a few less. */
const LONGEST_UNIX_PATH = 107;

/** RangeError unless it is a port. */
export function checkPort(port: number): void {
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new RangeError(`A port is a whole number from 0 to 65535: ${port} is not`);
  }
}

/** TypeError or RangeError unless a Unix socket can have this path. */
export function checkPath(path: string): void {
  if (path.length === 0 || path.includes("\0")) {
    throw new TypeError(`A Unix socket needs a path without zero bytes: ${JSON.stringify(path)}`);
  }
  const lengthBytes = Buffer.byteLength(path);
  if (lengthBytes > LONGEST_UNIX_PATH) {
    throw new RangeError(
      `The path of a Unix socket has at most ${LONGEST_UNIX_PATH} bytes: ${path} has ${lengthBytes}`,
    );
  }
}

const HOST_NAME =
  /^(?=.{1,253}\.?$)[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*\.?$/i;

/** TypeError unless it can be the name of a host (or a numeric address, which has the same letters). */
export function checkHost(host: string): void {
  if (!HOST_NAME.test(host)) {
    throw new TypeError(`Not the name or numeric address of a host: ${JSON.stringify(host)}`);
  }
}
