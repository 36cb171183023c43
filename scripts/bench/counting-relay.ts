import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** Relays connections to a port of this machine and counts what crosses. */
export class CountingRelay {
  /** Bytes towards the one who connected. */
  received = 0;
  /** Bytes from the one who connected. */
  sent = 0;
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();

  constructor(port: number) {
    this.server = createServer((near) => {
      const far = connect(port, '127.0.0.1');
      near.on('data', (chunk) => {
        this.sent += chunk.length;
      });
      far.on('data', (chunk) => {
        this.received += chunk.length;
      });
      near.pipe(far);
      far.pipe(near);
      for (const [socket, other] of [
        [near, far],
        [far, near],
      ] as const) {
        this.sockets.add(socket);
        socket.on('error', () => other.destroy());
        socket.on('close', () => {
          this.sockets.delete(socket);
          other.destroy();
        });
      }
    });
  }

  /** Gives the URL to connect to. */
  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  reset(): void {
    this.received = 0;
    this.sent = 0;
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }
}
