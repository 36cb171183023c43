/** Why the synthesized app cannot run here. The code is stable; the message names stack, resource and property. */
export class DeploymentError extends Error {
  constructor(
    readonly code:
      | 'ASSEMBLY_INCOMPLETE'
      | 'ASSEMBLY_INVALID'
      | 'ASSEMBLY_CYCLE'
      | 'INTRINSIC_UNKNOWN'
      | 'REFERENCE_UNKNOWN'
      | 'RESOURCE_CYCLE'
      | 'RESOURCE_TYPE_UNKNOWN'
      | 'RESOURCE_PROPERTIES'
      | 'RESOURCE_FAILED'
      | 'CUSTOM_RESOURCE_FAILED'
      | 'SYNTH_FAILED',
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'DeploymentError';
  }
}
