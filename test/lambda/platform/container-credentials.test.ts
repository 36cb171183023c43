import { remembered } from '../../../lambda/platform/container-credentials';
import { defaultProvider, takeCredentialsFrom } from '../../../lambda/platform/environment-credentials';

const hour = 3_600_000;

describe('credentials of a task', () => {
  const setting = () => {
    const state = { now: 0, asked: 0, fail: false };
    const ask = remembered(
      async () => {
        state.asked += 1;
        if (state.fail) throw new Error('the agent does not answer');
        const expiration = new Date(state.now + hour);
        return {
          accessKeyId: `ASIA${state.asked}`,
          secretAccessKey: 'secret',
          sessionToken: 'token',
          expiration,
        };
      },
      () => state.now,
    );
    return { state, ask };
  };

  it('are asked for once, by all who come at once, until they are about to end', async () => {
    const { state, ask } = setting();
    await Promise.all([ask(), ask(), ask()]);
    state.now = hour - 300_001;
    await ask();
    expect(state.asked).toBe(1);
    state.now = hour - 300_000;
    expect((await ask()).accessKeyId).toBe('ASIA2');
    expect(state.asked).toBe(2);
  });

  it('are asked for again after the agent has failed', async () => {
    const { state, ask } = setting();
    state.fail = true;
    await expect(ask()).rejects.toThrow('the agent does not answer');
    state.fail = false;
    expect((await ask()).accessKeyId).toBe('ASIA2');
  });

  it('take the place of those of the environment once a process says so', async () => {
    const provider = defaultProvider();
    takeCredentialsFrom(async () => ({ accessKeyId: 'ASIATASK', secretAccessKey: 'secret' }));
    expect((await provider()).accessKeyId).toBe('ASIATASK');
  });
});
