import { AwsError } from '../service';

/** A policy document that IAM would refuse, or that uses what is not known here. */
export class MalformedPolicy extends AwsError {
  constructor(message: string) {
    super('MalformedPolicyDocument', message, 400);
  }
}
