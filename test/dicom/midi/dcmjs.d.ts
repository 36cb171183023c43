/** The part of dcmjs, which comes without types, that the scorer makes use of. */
declare module 'dcmjs' {
  export const data: {
    readonly DicomMetaDictionary: {
      /** By tag in the form `(0010,0010)`. */
      readonly dictionary: Readonly<Record<string, { readonly vr: string } | undefined>>;
    };
  };
}
