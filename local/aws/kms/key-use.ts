import type { Caller, ConditionContext } from '../service';

/** What a service that encrypts asks of KMS: whether a caller may use a key that is in service. */
export interface KeyUse {
  /** ARN of a key given by id, ARN or alias. Throws `NotFoundException`. */
  resolveKeyArn(keyIdOrArn: string): string;
  /** Throws `AccessDenied`, or KMS's error for a key that is disabled or pending deletion. */
  authoriseUse(
    caller: Caller,
    keyArn: string,
    operation: 'GenerateDataKey' | 'Decrypt',
    context: ConditionContext,
  ): void;
}
