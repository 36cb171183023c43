import {
  InvalidToken,
  SendTaskSuccessCommand,
  type SFNClient,
  TaskDoesNotExist,
  TaskTimedOut,
} from '@aws-sdk/client-sfn';

/** Answers steps of an execution that wait by task token. */
export interface TaskAnswers {
  /** False where the step waits no longer: answered before, timed out, or its execution ended. */
  succeed(taskToken: string, output: unknown): Promise<boolean>;
}

export class StepFunctionsTaskAnswers implements TaskAnswers {
  constructor(private readonly stepFunctions: SFNClient) {}

  async succeed(taskToken: string, output: unknown): Promise<boolean> {
    try {
      await this.stepFunctions.send(
        new SendTaskSuccessCommand({ taskToken, output: JSON.stringify(output) }),
      );
      return true;
    } catch (error) {
      if (error instanceof TaskTimedOut || error instanceof TaskDoesNotExist || error instanceof InvalidToken)
        return false;
      throw error;
    }
  }
}
