/** The package ships no types. */
declare module 'asl-validator' {
  interface Result {
    readonly isValid: boolean;
    readonly errors: readonly unknown[];
  }
  function validate(definition: object, options?: { checkPaths?: boolean; checkArn?: boolean }): Result;
  export default validate;
}
