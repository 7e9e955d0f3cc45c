/** TCP ports on loopback. */
import { connect, createServer } from 'node:net';

const highestPort = 65_535;

/** Whether something accepts connections there within `timeoutMs`. */
export function isListening(host: string, port: number, timeoutMs = 1_000): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const settle = (listening: boolean): void => {
      socket.destroy();
      resolve(listening);
    };
    socket.setTimeout(timeoutMs, () => settle(false));
    socket.once('connect', () => settle(true));
    socket.once('error', () => settle(false));
  });
}

/**
 * The first free port at or above `from`, leaving out `taken`; 0 = any free port.
 * Free means that it could be bound on 127.0.0.1 a moment ago; nothing reserves it.
 */
export async function findFreePort(from: number, taken: readonly number[] = []): Promise<number> {
  if (from === 0) {
    const port = await tryBind(0);
    if (port !== undefined && !taken.includes(port)) return port;
    return findFreePort(0, taken);
  }
  for (let port = from; port <= highestPort; port += 1) {
    if (!taken.includes(port) && (await tryBind(port)) !== undefined) return port;
  }
  throw new Error(`No free port between ${from} and ${highestPort} on 127.0.0.1`);
}

function tryBind(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      const address = server.address();
      const bound = typeof address === 'object' && address !== null ? address.port : undefined;
      server.close(() => resolve(bound));
    });
  });
}
