/** Command-line option of each port. */
export type PortNames<Ports> = Readonly<Record<keyof Ports, string>>;

/** A port that another program holds. */
export class PortTaken extends Error {
  override readonly name = 'PortTaken';
  readonly code = 'PORT_TAKEN';
}

/** Waits for a listener; where its port is taken, the error names the port and the option that changes it. */
export async function withPortNamed<T, Ports extends object>(
  listening: Promise<T>,
  ports: Ports,
  names: PortNames<Ports>,
): Promise<T> {
  try {
    return await listening;
  } catch (error) {
    const { code, port } = error as NodeJS.ErrnoException & { port?: number };
    if (code !== 'EADDRINUSE') throw error;
    const name = (Object.keys(ports) as (keyof Ports)[]).find((candidate) => ports[candidate] === port);
    const option = name === undefined ? 'another port' : `another with ${names[name]}`;
    throw new PortTaken(
      `Port ${port} of 127.0.0.1 is taken by another program. End that program, or choose ${option}.`,
    );
  }
}
