/**
 * Jest gives tests a global object of their own, but `structuredClone` of the outer one: what it returns is of another
 * `Object`, and the provider takes such a key for none ("must be a plain object"). Clients with keys need this in a test,
 * and in no other process. What the provider clones is JSON.
 */
export function cloneInThisRealm(): void {
  globalThis.structuredClone = <Value>(value: Value): Value =>
    value === undefined ? value : (JSON.parse(JSON.stringify(value)) as Value);
}
