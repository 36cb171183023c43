import { retrying, tellOfRetries } from '../../../cli/api/http-retry';

describe('asking again', () => {
  const told: string[] = [];
  beforeAll(() => tellOfRetries((text) => told.push(text)));

  it('says nothing of what ends soon, and tells the person once of what does not', async () => {
    const answerAt = (good: number) =>
      retrying<number>(async (number) =>
        number === good ? { done: number } : { retry: new Error('no answer'), afterMs: 0 },
      );
    expect(await answerAt(4)).toBe(4);
    expect(told).toEqual([]);
    expect(await answerAt(9)).toBe(9);
    expect(told).toEqual([expect.stringContaining('attempt 4 of 10')]);
  });

  it('gives up after ten attempts with what the last one said', async () => {
    let asked = 0;
    const never = retrying<number>(async (number) => {
      asked = number;
      return { retry: new Error(`no answer ${number}`), afterMs: 0 };
    });
    await expect(never).rejects.toThrow('no answer 10');
    expect(asked).toBe(10);
  });
});
