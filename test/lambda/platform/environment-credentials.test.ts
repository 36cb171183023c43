import { defaultProvider } from '../../../lambda/platform/environment-credentials';

const names = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'] as const;
const before = names.map((name) => process.env[name]);

function setEnvironment(values: readonly (string | undefined)[]): void {
  names.forEach((name, index) => {
    const value = values[index];
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  });
}

afterEach(() => setEnvironment(before));

describe('credentials of a function', () => {
  it('are those of the environment, with the session token', async () => {
    setEnvironment(['AKIAEXAMPLE', 'secret', 'token']);
    await expect(defaultProvider()()).resolves.toEqual({
      accessKeyId: 'AKIAEXAMPLE',
      secretAccessKey: 'secret',
      sessionToken: 'token',
    });
  });

  it('have no session token where the environment has none', async () => {
    setEnvironment(['AKIAEXAMPLE', 'secret', undefined]);
    await expect(defaultProvider()()).resolves.toEqual({
      accessKeyId: 'AKIAEXAMPLE',
      secretAccessKey: 'secret',
    });
  });

  it('are refused where the environment has none, and nothing else is asked', async () => {
    setEnvironment(['AKIAEXAMPLE', undefined, 'token']);
    await expect(defaultProvider()()).rejects.toThrow('no credentials in the environment of this function');
  });
});
